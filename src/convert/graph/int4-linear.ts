import { rowsOf, type MatrixSource } from "../weights/matrix-source.js";
import { INT4_BLOCK, int4Blocks } from "../weights/write-int4.js";
import type { GraphBuilder } from "./graph-builder.js";

/** Activations are rounded to int8, block by block; anything less exact than that is no faster. */
const ACCURACY_LEVEL = 4;

/** Four-bit weights with one scale for every 32 of them: a quarter of fp16's bytes, which is what one token costs. */
export function int4Linear(graph: GraphBuilder, name: string, input: string, source: MatrixSource): string {
  const [weight, weightScale] = [`${name}.weight`, `${name}.weight_scale`];
  const [outputs, blocks] = [rowsOf(source), int4Blocks(source.columns)];
  graph.fill(weight, source, {
    kind: "int4",
    values: graph.reserve(weight, "U8", [outputs, blocks, INT4_BLOCK / 2]),
    scales: graph.reserve(weightScale, "F32", [outputs * blocks]),
  });
  return graph.node(name, "MatMulNBits", [input, weight, weightScale], {
    K: { int: source.columns },
    N: { int: outputs },
    bits: { int: 4 },
    block_size: { int: INT4_BLOCK },
    accuracy_level: { int: ACCURACY_LEVEL },
  });
}
