import type { WeightFormat } from "../../model/index.js";
import type { FloatType } from "../tensor.js";
import type { MatrixSource } from "../weights/matrix-source.js";
import { floatLinear, halfLinear } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import { int4Linear } from "./int4-linear.js";
import { int8Linear } from "./int8-linear.js";

/** Adds a product with weights `[out, in]` to a graph and returns the name of its output, `[…, out]`. */
export type Linear = (graph: GraphBuilder, name: string, input: string, source: MatrixSource) => string;

/** What a weight format means for a graph. */
export interface Arithmetic {
  /** In the layers. */
  readonly linear: Linear;
  /** For the scores of a whole vocabulary; null where the head's rows are multiplied as floats. */
  readonly headLinear: Linear | null;
  /** Type of what flows between operators. Keys, values and logits enter and leave as F32 in any case. */
  readonly flow: Extract<FloatType, "F32" | "F16">;
}

/** A generator's head reads 525 million weights for every token at 8B: eight bits lose next to nothing there, four do. */
export const ARITHMETIC: Readonly<Record<WeightFormat, Arithmetic>> = {
  fp32: { linear: floatLinear, headLinear: null, flow: "F32" },
  fp16: { linear: halfLinear, headLinear: null, flow: "F16" },
  int8: { linear: int8Linear, headLinear: int8Linear, flow: "F32" },
  int4: { linear: int4Linear, headLinear: int8Linear, flow: "F32" },
};
