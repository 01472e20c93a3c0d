import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import { toFloat32 } from "../float-elements.js";
import { quantizeInt8 } from "../quantize-int8.js";
import { scalarOf, tensorOf } from "../tensor.js";
import type { Linear } from "./float-linear.js";
import { transpose } from "./transpose.js";

/**
 * Integer arithmetic: every token's activations are scaled to -127..127 by their own largest value and moved
 * up by 128 into unsigned bytes, as the fastest kernels want them; weights have one scale per output. The
 * product is exact; both scales are applied after it.
 */
export const int8Linear: Linear = async (graph, name, input, weights) => {
  const [outputs] = weights.shape as [number];
  const { values, scales } = quantizeInt8(toFloat32(weights), outputs);
  const weight = await graph.weight(`${name}.weight`, transpose(tensorOf("I8", weights.shape, values)));
  const weightScale = await graph.weight(`${name}.weight_scale`, tensorOf("F32", [outputs], scales));
  const part = (suffix: string): string => `${name}.${suffix}`;
  const float = (key: string, value: number): string => graph.constant(`int8.${key}`, scalarOf("F32", value));

  const lastAxis = graph.constant("int8.last_axis", tensorOf("I64", [1], BigInt64Array.of(-1n)));
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
};
