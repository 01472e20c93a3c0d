import type { FloatType } from "../tensor.js";
import type { MatrixSource } from "./matrix-source.js";

/** Where bytes lie in the data file of a graph. */
export interface ExternalPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** How a matrix is written, and where. */
export type WeightTarget =
  /** `[rows, columns]` in the order read. */
  | { readonly kind: "plain"; readonly elementType: FloatType; readonly values: ExternalPlace }
  /** `[columns, rows]`, as products want it. */
  | { readonly kind: "turned"; readonly elementType: FloatType; readonly values: ExternalPlace }
  /** int8 `[columns, rows]`, float32 scales `[rows]`. */
  | { readonly kind: "int8"; readonly values: ExternalPlace; readonly scales: ExternalPlace }
  /** Two weights a byte, `[rows, blocks, 16]`; float32 scales `[rows, blocks]`. */
  | { readonly kind: "int4"; readonly values: ExternalPlace; readonly scales: ExternalPlace };

/** What a matrix is called and how large it is. */
export interface MatrixSize {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** One weight of a graph: plain data, so that it can be handed to another thread. */
export interface WeightJob {
  readonly name: string;
  readonly source: MatrixSource;
  readonly target: WeightTarget;
  /** Asks for `WeightReport.columnPeaks`. */
  readonly measurePeaks: boolean;
}

/** What became of a weight. */
export interface WeightReport {
  readonly name: string;
  readonly kind: WeightTarget["kind"];
  /** Sum of squares of the weights, and of what quantisation changed in them. */
  readonly squaredNorm: number;
  readonly squaredError: number;
  /** Largest magnitude in each column, float32 [columns]. */
  readonly columnPeaks: Float32Array | null;
}
