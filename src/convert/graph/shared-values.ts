import { GuardError } from "../../base/index.js";
import {
  GRAPH_INPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";
import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import { castTo } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { Arithmetic } from "./linear.js";
import { ropeTables } from "./rope-tables.js";

/** The runtime's attention refuses other head sizes. */
const HEAD_DIM_STEP = 16;

/** Names of values that all layers use. */
export interface SharedValues {
  readonly cosTable: string;
  readonly sinTable: string;
  readonly attentionBias: string;
  /** int64 [1]: T - S and T, between which the new tokens stand in the keys and values. */
  readonly newStart: string;
  readonly newEnd: string;
  /** int64 [1]: S. */
  readonly newTokens: string;
}

/**
 * Declares what every graph of decoder layers is given besides its tokens, and computes what layers share.
 * @param tokenInput a declared input whose second dimension is S
 * @param layers how many pasts there are
 * @throws GuardError `bad_model_file` for heads that the runtime cannot take
 */
export function addSharedValues(
  graph: GraphBuilder,
  geometry: ModelGeometry,
  { flow }: Arithmetic,
  tokenInput: string,
  layers: number,
): SharedValues {
  if (geometry.headDim % HEAD_DIM_STEP !== 0)
    throw new GuardError("bad_model_file", `heads of ${String(geometry.headDim)} are not a multiple of 16`);
  graph.input(GRAPH_INPUT.positionIds, "I64", [1, "S"]);
  graph.input(GRAPH_INPUT.attentionBias, "F32", [1, 1, "S", "T"]);
  graph.input(GRAPH_INPUT.seqlensK, "I32", [1]);
  graph.input(GRAPH_INPUT.totalSequenceLength, "I32", []);
  const cache = [1, geometry.kvHeads];
  for (let layer = 0; layer < layers; layer++) {
    for (const past of [pastKeyName(layer), pastValueName(layer)])
      graph.input(past, "F32", [...cache, "P", geometry.headDim]);
    for (const fresh of [newKeyName(layer), newValueName(layer)])
      graph.output(fresh, "F32", [...cache, "S", geometry.headDim]);
  }
  const one = graph.int64s("one", [1]);
  const newTokens = graph.node("new_tokens", "Shape", [tokenInput], { start: { int: 1 }, end: { int: 2 } });
  const total = graph.node("total_tokens.i64", "Cast", [GRAPH_INPUT.totalSequenceLength], {
    to: { int: ONNX_ELEMENT_TYPE.I64 },
  });
  const end = graph.node("total_tokens", "Reshape", [total, one]);
  const { cos, sin } = ropeTables(geometry, flow);
  return {
    cosTable: graph.table("rope.cos", cos),
    sinTable: graph.table("rope.sin", sin),
    attentionBias: castTo(graph, flow, GRAPH_INPUT.attentionBias, "F32"),
    newStart: graph.node("new_start", "Sub", [end, newTokens]),
    newEnd: end,
    newTokens,
  };
}
