import { GRAPH_INPUT, MASKED, pastKeyName } from "../../model/index.js";
import { scalarOf } from "../tensor.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { SharedValues } from "./shared-values.js";

/** What layers with direct attention share. Rows that ask: all S new tokens, or the R to be read. */
export interface AskingRows {
  /** int64 [1, rows] */
  readonly positions: string;
  /** bool [rows, P + S]: where a row may look; never at spare rows of the past. */
  readonly open: string;
  /** int64 [2]: P and S. */
  readonly keyCounts: string;
  readonly readsOnly: boolean;
}

export function addAskingRows(
  graph: GraphBuilder,
  { newStart, newEnd, newTokens }: SharedValues,
  readsOnly: boolean,
): AskingRows {
  const part = (suffix: string): string => `${readsOnly ? "read" : "all"}.${suffix}`;
  const pick = (name: string, from: string, axis: number): string =>
    readsOnly ? graph.node(name, "Gather", [from, GRAPH_INPUT.readPositions], { axis: { int: axis } }) : from;
  const [zero, one] = [graph.int64s("zero", [0]), graph.int64s("one", [1])];
  const given = pick(part("bias.given"), GRAPH_INPUT.attentionBias, 2);
  const rows = graph.node(part("bias.rows"), "Squeeze", [given, graph.int64s("outer_axes", [0, 1])]);
  const used = graph.node(part("bias.used"), "Slice", [rows, zero, newStart, one]);
  const fresh = graph.node(part("bias.new"), "Slice", [rows, newStart, newEnd, one]);
  const capacity = graph.node(part("past_rows"), "Shape", [pastKeyName(0)], {
    ...{ start: { int: 2 }, end: { int: 3 } },
  });
  const count = graph.node(part("count"), "Shape", [rows], { start: { int: 0 }, end: { int: 1 } });
  const spareCount = graph.node(part("spare_count"), "Sub", [capacity, newStart]);
  const spareShape = graph.node(part("spare_shape"), "Concat", [count, spareCount], { axis: { int: 0 } });
  const masked = graph.constant("masked", scalarOf("F32", MASKED));
  const spare = graph.node(part("bias.spare"), "Expand", [masked, spareShape]);
  const bias = graph.node(part("bias"), "Concat", [used, spare, fresh], { axis: { int: 1 } });
  return {
    positions: pick(part("positions"), GRAPH_INPUT.positionIds, 1),
    open: graph.node(part("open"), "Greater", [bias, masked]),
    keyCounts: graph.node(part("key_counts"), "Concat", [capacity, newTokens], { axis: { int: 0 } }),
    readsOnly,
  };
}
