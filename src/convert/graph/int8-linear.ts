import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import { scalarOf } from "../tensor.js";
import { rowsOf, type MatrixSource } from "../weights/matrix-source.js";
import type { GraphBuilder } from "./graph-builder.js";

/**
 * Integer arithmetic: every token's activations are scaled to -127..127 by their own largest value and moved
 * up by 128 into unsigned bytes, as the fastest kernels want them; weights have one scale per output. The
 * product is exact; both scales are applied after it.
 */
export function int8Linear(graph: GraphBuilder, name: string, input: string, source: MatrixSource): string {
  const part = (suffix: string): string => `${name}.${suffix}`;
  const float = (key: string, value: number): string => graph.constant(`int8.${key}`, scalarOf("F32", value));
  const [weight, weightScale] = [part("weight"), part("weight_scale")];
  graph.fill(weight, source, {
    kind: "int8",
    values: graph.reserve(weight, "I8", [source.columns, rowsOf(source)]),
    scales: graph.reserve(weightScale, "F32", [rowsOf(source)]),
  });

  const lastAxis = graph.int64s("int8.last_axis", [-1]);
  const magnitude = graph.node(part("magnitude"), "Abs", [input]);
  const largest = graph.node(part("largest"), "ReduceMax", [magnitude, lastAxis]);
  const range = graph.node(part("range"), "Max", [largest, float("tiny", 1e-20)]);
  const scale = graph.node(part("scale"), "Div", [range, float("steps", 127)]);
  const scaled = graph.node(part("scaled"), "Div", [input, scale]);
  // The cast cuts off: adding half a step more rounds to nearest.
  const moved = graph.node(part("moved"), "Add", [scaled, float("offset", 128.5)]);
  const bytes = graph.node(part("bytes"), "Cast", [moved], { to: { int: ONNX_ELEMENT_TYPE.U8 } });
  const product = graph.node(part("product"), "MatMulIntegerToFloat", [
    bytes,
    weight,
    float("one", 1),
    weightScale,
    graph.constant("int8.zero_point", scalarOf("U8", 128)),
  ]);
  return graph.node(name, "Mul", [product, scale]);
}
