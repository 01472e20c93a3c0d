import type { LoraDelta } from "../adapter/adapter.js";
import type { TensorPlace } from "../tensor-place.js";

/** One stored matrix `[rows, columns]` and what is done to it while it is read; a vector is a single row. */
export interface MatrixPart {
  readonly place: TensorPlace;
  /** Added, and rounded to the stored type, before anything else. */
  readonly delta?: LoraDelta;
  /** One per row, multiplied. */
  readonly rowFactors?: Float32Array;
}

/** The rows a weight is made of: stored matrices of equal width under one another. */
export interface MatrixSource {
  readonly parts: readonly MatrixPart[];
  readonly columns: number;
  /** Only these rows of the one part, in this order. */
  readonly pickedRows?: readonly number[];
  /** One per column, multiplied. */
  readonly columnFactors?: Float32Array;
}

export const rowsOfPart = ({ place }: MatrixPart): number => (place.shape.length === 1 ? 1 : place.shape[0]!);

export const rowsOf = ({ parts, pickedRows }: MatrixSource): number =>
  pickedRows?.length ?? parts.reduce((rows, part) => rows + rowsOfPart(part), 0);

/** Bytes that have to be read. */
export const sourceBytes = (source: MatrixSource): number =>
  source.parts.reduce((bytes, part) => {
    const stored = part.place.end - part.place.begin;
    return bytes + (source.pickedRows === undefined ? stored : (stored / rowsOfPart(part)) * rowsOf(source));
  }, 0);
