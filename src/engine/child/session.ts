import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";
import { openGraph, Tensor, type Feeds, type GraphOptions } from "../../runtime/index.js";
import type { KvRows } from "../kv-rows.js";
import type { GraphAnswer, GraphRun, Session } from "./graph-run.js";

export interface SessionOptions extends GraphOptions {
  readonly geometry: Pick<ModelGeometry, "layers" | "kvHeads" | "headDim">;
}

/**
 * Loads a graph and speaks to it by the names of `model/graph-io.ts`.
 * @throws GuardError `bad_model_file` when the runtime refuses the graph
 */
export async function openSession({ geometry, ...options }: SessionOptions): Promise<Session> {
  const graph = await openGraph(options);
  const layers = Array.from({ length: geometry.layers }, (_, layer) => layer);
  const wanted = [
    GRAPH_OUTPUT.logits,
    ...layers.flatMap((layer) => [newKeyName(layer), newValueName(layer)]),
  ];
  const pastFeeds = new WeakMap<KvRows, Feeds>();

  function feedsOfPast(past: KvRows): Feeds {
    const known = pastFeeds.get(past);
    if (known !== undefined) return known;
    const shape = [1, geometry.kvHeads, past.capacityTokens, geometry.headDim];
    const feeds: Record<string, Tensor> = {};
    for (const layer of layers) {
      feeds[pastKeyName(layer)] = new Tensor("float32", past.keys[layer]!, shape);
      feeds[pastValueName(layer)] = new Tensor("float32", past.values[layer]!, shape);
    }
    pastFeeds.set(past, feeds);
    return feeds;
  }

  return {
    async run({ ids, positions, bias, reads, past, pastTokens }: GraphRun): Promise<GraphAnswer> {
      const newTokens = ids.length;
      const total = pastTokens + newTokens;
      const outputs = await graph.run(
        {
          ...feedsOfPast(past),
          [GRAPH_INPUT.inputIds]: new Tensor("int64", ids, [1, newTokens]),
          [GRAPH_INPUT.positionIds]: new Tensor("int64", positions, [1, newTokens]),
          [GRAPH_INPUT.attentionBias]: new Tensor("float32", bias, [1, 1, newTokens, total]),
          [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
          [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
          [GRAPH_INPUT.readPositions]: new Tensor("int64", reads, [reads.length]),
        },
        wanted,
      );
      return {
        logits: outputs[GRAPH_OUTPUT.logits]!,
        kv: {
          capacityTokens: newTokens,
          keys: layers.map((layer) => outputs[newKeyName(layer)]!),
          values: layers.map((layer) => outputs[newValueName(layer)]!),
        },
      };
    },
  };
}
