import { GRAPH_INPUT, newKeyName, newValueName, pastKeyName, pastValueName } from "../../model/index.js";
import { castTo } from "./float-linear.js";
import { addOutput, addProduct, type LayerContext } from "./layer-context.js";

/**
 * Attention of all new tokens by the runtime's own operator. It copies the past behind the new rows before it
 * begins, which many tokens share and one does not earn back.
 * @returns `[1, S, heads * headDim]`
 */
export function addPackedAttention(context: LayerContext): string {
  const { graph, weights, arithmetic, shared, layer, past, stream } = context;
  const name = `layers.${String(layer)}`;
  const qkv = addProduct(context, `${name}.qkv`, stream.normed, "attentionIn");
  const [attended, keys, values] = [`${name}.attended`, `${name}.keys`, `${name}.values`];
  graph.nodeWith(
    [attended, keys, values],
    "GroupQueryAttention",
    [
      qkv,
      "", // keys and values are packed behind the queries
      "",
      castTo(graph, arithmetic.flow, pastKeyName(past), "F32"),
      castTo(graph, arithmetic.flow, pastValueName(past), "F32"),
      GRAPH_INPUT.seqlensK,
      GRAPH_INPUT.totalSequenceLength,
      shared.cosTable,
      shared.sinTable,
      GRAPH_INPUT.positionIds,
      shared.attentionBias,
    ],
    {
      num_heads: { int: weights.geometry.heads },
      kv_num_heads: { int: weights.geometry.kvHeads },
      do_rotary: { int: 1 },
    },
  );
  const tokenAxis = graph.int64s("token_axis", [2]);
  const window = [shared.newStart, shared.newEnd, tokenAxis];
  addOutput(context, newKeyName(past), graph.node(`${keys}.new`, "Slice", [keys, ...window]));
  addOutput(context, newValueName(past), graph.node(`${values}.new`, "Slice", [values, ...window]));
  return attended;
}
