import type { Linear } from "../../../convert/graph/linear.js";
import { rowsOf } from "../../../convert/weights/matrix-source.js";

/**
 * The int4 product with larger blocks of weights under one scale. The converter knows how to fill blocks of 32 alone, so
 * these are for weights of noise.
 */
export const int4InBlocksOf =
  (block: number): Linear =>
  (graph, name, input, source) => {
    const [weight, weightScale] = [`${name}.weight`, `${name}.weight_scale`];
    const outputs = rowsOf(source);
    const blocks = Math.ceil(source.columns / block);
    graph.fill(weight, source, {
      kind: "int4",
      values: graph.reserve(weight, "U8", [outputs, blocks, block / 2]),
      scales: graph.reserve(weightScale, "F32", [outputs * blocks]),
    });
    return graph.node(name, "MatMulNBits", [input, weight, weightScale], {
      ...{ K: { int: source.columns }, N: { int: outputs } },
      ...{ bits: { int: 4 }, block_size: { int: block }, accuracy_level: { int: 4 } },
    });
  };
