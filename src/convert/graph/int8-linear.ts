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
  const weight = addInt8Weight(graph, name, source);
  const scale = addTokenScale(graph, name, input);
  const scaled = graph.node(part("scaled"), "Div", [input, scale]);
  // The cast cuts off: adding half a step more rounds to nearest.
  const moved = graph.node(part("moved"), "Add", [scaled, float(graph, "offset", 128.5)]);
  const bytes = graph.node(part("bytes"), "Cast", [moved], { to: { int: ONNX_ELEMENT_TYPE.U8 } });
  return addInt8Product(graph, name, bytes, weight, scale);
}

/** A matrix in 8 bits, to be filled: int8 `[columns, rows]` and float32 scales `[rows]`. */
export interface Int8Weight {
  readonly values: string;
  readonly scales: string;
}

export function addInt8Weight(graph: GraphBuilder, name: string, source: MatrixSource): Int8Weight {
  const [values, scales] = [`${name}.weight`, `${name}.weight_scale`];
  graph.fill(values, source, {
    kind: "int8",
    values: graph.reserve(values, "I8", [source.columns, rowsOf(source)]),
    scales: graph.reserve(scales, "F32", [rowsOf(source)]),
  });
  return { values, scales };
}

/** `[1, S, 1]`: what one step of 127 stands for in every token. */
export function addTokenScale(graph: GraphBuilder, name: string, input: string): string {
  const part = (suffix: string): string => `${name}.${suffix}`;
  const lastAxis = graph.int64s("int8.last_axis", [-1]);
  const magnitude = graph.node(part("magnitude"), "Abs", [input]);
  const largest = graph.node(part("largest"), "ReduceMax", [magnitude, lastAxis]);
  const range = graph.node(part("range"), "Max", [largest, float(graph, "tiny", 1e-20)]);
  return graph.node(part("scale"), "Div", [range, float(graph, "steps", 127)]);
}

/** @param bytes activations, moved up by {@link int8ZeroPoint} */
export function addInt8Product(
  graph: GraphBuilder,
  name: string,
  bytes: string,
  { values, scales }: Int8Weight,
  tokenScale: string,
): string {
  const product = graph.node(`${name}.product`, "MatMulIntegerToFloat", [
    ...[bytes, values, float(graph, "one", 1), scales, int8ZeroPoint(graph)],
  ]);
  return graph.node(name, "Mul", [product, tokenScale]);
}

const int8ZeroPoint = (graph: GraphBuilder): string => graph.constant("int8.zero_point", scalarOf("U8", 128));

const float = (graph: GraphBuilder, key: string, value: number): string =>
  graph.constant(`int8.${key}`, scalarOf("F32", value));
