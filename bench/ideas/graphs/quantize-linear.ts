import type { GraphBuilder } from "../../../convert/graph/graph-builder.js";
import { addInt8Product, addInt8Weight, addTokenScale } from "../../../convert/graph/int8-linear.js";
import type { Linear } from "../../../convert/graph/linear.js";
import { tensorOf } from "../../../convert/tensor.js";
import { GRAPH_INPUT, type ModelGeometry } from "../../../model/index.js";

/**
 * The int8 product with one standard operator, `QuantizeLinear` by token, in place of the division, the addition and the
 * cast. It wants scales and zero points of one number per token; the latter are made once in a run.
 */
export const quantizeLinearProduct =
  ({ layers }: ModelGeometry): Linear =>
  (graph, name, input, source) => {
    const part = (suffix: string): string => `${name}.${suffix}`;
    const weight = addInt8Weight(graph, name, source);
    const scale = addTokenScale(graph, name, input);
    const scales = graph.node(part("scales"), "Squeeze", [scale, graph.int64s("int8.outer_axes", [0, 2])]);
    const zeroPoints = addZeroPoints(graph, readsOnly(name, layers));
    const bytes = graph.node(part("bytes"), "QuantizeLinear", [input, scales, zeroPoints], {
      axis: { int: 1 },
    });
    return addInt8Product(graph, name, bytes, weight, scale);
  };

/** Behind the last layer's keys and values only the rows that are read go on. */
const readsOnly = (product: string, layers: number): boolean =>
  product.startsWith(`layers.${String(layers - 1)}.`) && !product.endsWith(".kv");

/** uint8 [S], or [R] where only the rows that are read are quantised. */
function addZeroPoints(graph: GraphBuilder, reads: boolean): string {
  const name = `int8.zero_points.${reads ? "read" : "all"}`;
  if (graph.nodes.some(({ outputs }) => outputs.includes(name))) return name;
  const count = reads
    ? graph.node(`${name}.count`, "Shape", [GRAPH_INPUT.readPositions])
    : graph.node(`${name}.count`, "Shape", [GRAPH_INPUT.inputIds], { start: { int: 1 }, end: { int: 2 } });
  const one = graph.constant("int8.zero_point_row", tensorOf("U8", [1], Uint8Array.of(128)));
  return graph.node(name, "Expand", [one, count]);
}
