import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import type { FloatTensor } from "../tensor.js";
import type { GraphBuilder } from "./graph-builder.js";
import { transpose } from "./transpose.js";

/** Adds a product with weights `[out, in]` to the graph and returns the name of its output, `[…, out]`. */
export type Linear = (
  graph: GraphBuilder,
  name: string,
  input: string,
  weights: FloatTensor,
) => Promise<string>;

/**
 * Float32 arithmetic. Half-width weights stay so in the file and are widened by a Cast of a constant, which the
 * runtime computes once when it loads the graph: the same numbers from half the bytes.
 */
export const floatLinear: Linear = async (graph, name, input, weights) =>
  graph.node(name, "MatMul", [input, await floatWeight(graph, `${name}.weight`, transpose(weights))]);

/** Stores a weight in its own element type and returns the name under which it is float32. */
export async function floatWeight(graph: GraphBuilder, name: string, tensor: FloatTensor): Promise<string> {
  const stored = await graph.weight(name, tensor);
  if (tensor.elementType === "F32") return stored;
  return graph.node(`${name}.f32`, "Cast", [stored], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
}
