import {
  GRAPH_INPUT,
  MASKED,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
} from "../../model/index.js";
import { scalarOf } from "../tensor.js";
import type { AskingRows } from "./asking-rows.js";
import { addOutput, addProduct, addRead, type LayerContext } from "./layer-context.js";

/**
 * Attention in single operators, for few rows that ask: the past is read where it lies, and rows that nobody asks
 * for are not computed. Of float32 only.
 * @returns `[1, rows, heads * headDim]`
 */
export function addDirectAttention(context: LayerContext, asking: AskingRows): string {
  const { graph, weights, shared, layer, past } = context;
  const { heads, kvHeads, headDim } = weights.geometry;
  const name = `layers.${String(layer)}`;
  const part = (suffix: string): string => `${name}.attention.${suffix}`;
  const turn = (what: string, input: string, positions: string): string =>
    graph.node(part(`${what}.turned`), "RotaryEmbedding", [
      ...[input, positions, shared.cosTable, shared.sinTable],
    ]);
  /** `[1, S, kvHeads * headDim]` to `[1, kvHeads, S, headDim]` */
  const byHead = (what: string, input: string): string => {
    const apart = [input, graph.int64s("shape.kv", [1, -1, kvHeads, headDim])];
    return graph.node(part(what), "Transpose", [graph.node(part(`${what}.apart`), "Reshape", apart)], {
      perm: { ints: [0, 2, 1, 3] },
    });
  };
  /** `[1, kvHeads, tokens, headDim]` as the queries of a group share it */
  const ofGroup = (what: string, input: string): string =>
    graph.node(part(`${what}.of_group`), "Reshape", [
      ...[input, graph.int64s("shape.of_group", [kvHeads, 1, 0, headDim])],
    ]);

  const projected = addProjections(context, asking.readsOnly);
  const keys = byHead("keys", turn("keys", projected.keys, GRAPH_INPUT.positionIds));
  const values = byHead("values", projected.values);
  addOutput(context, newKeyName(past), keys);
  addOutput(context, newValueName(past), values);

  const scale = graph.constant("attention.scale", scalarOf("F32", 1 / Math.sqrt(headDim)));
  const queries = graph.node(part("queries.scaled"), "Mul", [
    ...[turn("queries", projected.queries, asking.positions), scale],
  ]);
  const groups = [queries, graph.int64s("shape.queries", [-1, kvHeads, heads / kvHeads, headDim])];
  const ask = graph.node(part("ask"), "Transpose", [graph.node(part("queries.apart"), "Reshape", groups)], {
    perm: { ints: [1, 2, 0, 3] }, // [kvHeads, group, rows, headDim]
  });
  const scored = (what: string, rows: string): string =>
    graph.node(part(`${what}.scores`), "FusedMatMul", [ask, ofGroup(`${what}.keys`, rows)], {
      transB: { int: 1 },
    });
  const scores = [scored("past", pastKeyName(past)), scored("new", keys)];
  const all = graph.node(part("scores"), "Concat", scores, { axis: { int: 3 } });
  // Chosen rather than added to: whatever lies in a spare row does not count.
  const masked = graph.constant("masked", scalarOf("F32", MASKED));
  const seen = graph.node(part("seen"), "Where", [asking.open, all, masked]);
  const shares = graph.node(part("shares"), "Softmax", [seen], { axis: { int: -1 } });
  const [onPast, onNew] = [part("shares.past"), part("shares.new")];
  graph.nodeWith([onPast, onNew], "Split", [shares, asking.keyCounts], { axis: { int: 3 } });
  const mixed = (what: string, of: string, rows: string): string =>
    graph.node(part(`${what}.mixed`), "MatMul", [of, ofGroup(`${what}.values`, rows)]);
  const sum = graph.node(part("sum"), "Add", [
    ...[mixed("past", onPast, pastValueName(past)), mixed("new", onNew, values)],
  ]);
  const byRow = graph.node(part("by_row"), "Transpose", [sum], { perm: { ints: [2, 0, 1, 3] } });
  return graph.node(`${name}.attended`, "Reshape", [
    ...[byRow, graph.int64s("shape.attended", [1, -1, heads * headDim])],
  ]);
}

/** Queries `[1, rows, ...]`, keys and values `[1, S, ...]`: one product, or two where not all rows ask. */
function addProjections(context: LayerContext, readsOnly: boolean) {
  const { graph, weights, arithmetic, layer, stream } = context;
  const { heads, kvHeads, headDim } = weights.geometry;
  const name = `layers.${String(layer)}`;
  const [queries, keys, values] = [`${name}.queries`, `${name}.keys`, `${name}.values`];
  if (!readsOnly) {
    const all = addProduct(context, `${name}.qkv`, stream.normed, "attentionIn");
    const [asking, asked] = [heads * headDim, kvHeads * headDim];
    const sizes = graph.int64s("sizes.qkv", [asking, asked, asked]);
    graph.nodeWith([queries, keys, values], "Split", [all, sizes], { axis: { int: -1 } });
    return { queries, keys, values };
  }
  const source = weights.product(layer, "attentionIn");
  const [first, ...others] = source.parts;
  const read = addRead(graph, "read.normed", stream.normed);
  arithmetic.linear(graph, queries, read, { ...source, parts: [first!] });
  const both = arithmetic.linear(graph, `${name}.kv`, stream.normed, { ...source, parts: others });
  graph.nodeWith([keys, values], "Split", [both], { axis: { int: -1 }, num_outputs: { int: 2 } });
  return { queries, keys, values };
}
