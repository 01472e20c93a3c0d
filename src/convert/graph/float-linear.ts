import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import type { FloatType } from "../tensor.js";
import type { MatrixSource } from "../weights/matrix-source.js";
import type { GraphBuilder } from "./graph-builder.js";

/**
 * Float32 arithmetic. Half-width weights stay so in the file and are widened by a Cast of a constant, which the
 * runtime computes once when it loads the graph: the same numbers from half the bytes.
 */
export function floatLinear(graph: GraphBuilder, name: string, input: string, source: MatrixSource): string {
  const weight = graph.turnedWeight(`${name}.weight`, source, exactType(source));
  return graph.node(name, "MatMul", [input, castTo(graph, "F32", weight, exactType(source))]);
}

/** Float16 arithmetic, for devices that have it; a CPU computes the same slowly. */
export function halfLinear(graph: GraphBuilder, name: string, input: string, source: MatrixSource): string {
  return graph.node(name, "MatMul", [input, graph.turnedWeight(`${name}.weight`, source, "F16")]);
}

/** The narrowest type that holds a source exactly. */
export function exactType({ parts, columnFactors }: MatrixSource): FloatType {
  const [first] = parts;
  const untouched = columnFactors === undefined && parts.every((part) => part.rowFactors === undefined);
  const uniform = parts.every((part) => part.place.dtype === first!.place.dtype);
  return untouched && uniform ? first!.place.dtype : "F32";
}

export function castTo(graph: GraphBuilder, wanted: FloatType, name: string, present: FloatType): string {
  if (present === wanted) return name;
  return graph.node(`${name}.${wanted.toLowerCase()}`, "Cast", [name], {
    to: { int: ONNX_ELEMENT_TYPE[wanted] },
  });
}
