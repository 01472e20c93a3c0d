import type { Tensor } from "onnxruntime-node";
import { pastFeeds, stepFeeds } from "../../engine/child/graph-feeds.js";
import { createKvRows } from "../../engine/kv-rows.js";
import {
  MASKED,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";

/** One run of a graph: a sequence of its own behind tokens that are known. */
export interface StepSize {
  readonly newTokens: number;
  readonly pastTokens: number;
}

export type TensorsByName = Readonly<Record<string, Tensor>>;

/** What a graph is fed with, as the engine does; the last new token is read. */
export const feedsOf = (g: ModelGeometry, size: StepSize): TensorsByName => ({
  ...tokenFeeds(size, [size.newTokens - 1]),
  ...evenPast(g, size.pastTokens),
});

/** All inputs but the past: tokens 1, 2, 3, ... of one sequence. */
export function tokenFeeds({ newTokens, pastTokens }: StepSize, reads: readonly number[]): TensorsByName {
  const total = newTokens + pastTokens;
  const count = (from: number): BigInt64Array =>
    BigInt64Array.from({ length: newTokens }, (_, i) => BigInt(from + i));
  const bias = new Float32Array(newTokens * total);
  for (let row = 0; row < newTokens; row++)
    bias.fill(MASKED, row * total + pastTokens + row + 1, (row + 1) * total);
  return stepFeeds({
    ...{ ids: count(1), positions: count(pastTokens), bias, pastTokens },
    reads: BigInt64Array.from(reads, BigInt),
  });
}

/** A past in which all numbers are the same: good enough to take time by. */
export function evenPast(g: ModelGeometry, pastTokens: number): TensorsByName {
  const past = createKvRows(g, pastTokens);
  for (const rows of [...past.keys, ...past.values]) rows.fill(0.1);
  return pastFeeds(g, past);
}

/** The past that a run leaves behind. */
export const pastOf = (g: Pick<ModelGeometry, "layers">, outputs: TensorsByName): TensorsByName =>
  Object.fromEntries(
    [...Array(g.layers).keys()].flatMap((layer) => [
      [pastKeyName(layer), outputs[newKeyName(layer)]!],
      [pastValueName(layer), outputs[newValueName(layer)]!],
    ]),
  );
