import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";
import { Tensor, type Feeds } from "../../runtime/index.js";
import type { KvRows } from "../kv-rows.js";
import type { GraphRun } from "./graph-run.js";

const layersOf = ({ layers }: Pick<ModelGeometry, "layers">): number[] => [...Array(layers).keys()];

/** Everything a run is asked for: logits, and the new keys and values of every layer. */
export const graphOutputs = (geometry: Pick<ModelGeometry, "layers">): string[] => [
  GRAPH_OUTPUT.logits,
  ...layersOf(geometry).flatMap((layer) => [newKeyName(layer), newValueName(layer)]),
];

/** All inputs but the past. */
export function stepFeeds({ ids, positions, bias, reads, pastTokens }: Omit<GraphRun, "past">): Feeds {
  const newTokens = ids.length;
  const total = pastTokens + newTokens;
  return {
    [GRAPH_INPUT.inputIds]: new Tensor("int64", ids, [1, newTokens]),
    [GRAPH_INPUT.positionIds]: new Tensor("int64", positions, [1, newTokens]),
    [GRAPH_INPUT.attentionBias]: new Tensor("float32", bias, [1, 1, newTokens, total]),
    [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
    [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
    [GRAPH_INPUT.readPositions]: new Tensor("int64", reads, [reads.length]),
  };
}

export function pastFeeds(
  geometry: Pick<ModelGeometry, "layers" | "kvHeads" | "headDim">,
  past: KvRows,
): Feeds {
  const shape = [1, geometry.kvHeads, past.capacityTokens, geometry.headDim];
  const feeds: Record<string, Tensor> = {};
  for (const layer of layersOf(geometry)) {
    feeds[pastKeyName(layer)] = new Tensor("float32", past.keys[layer]!, shape);
    feeds[pastValueName(layer)] = new Tensor("float32", past.values[layer]!, shape);
  }
  return feeds;
}
