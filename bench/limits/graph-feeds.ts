import { Tensor } from "onnxruntime-node";
import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
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

const layersOf = ({ layers }: Pick<ModelGeometry, "layers">): number[] => [...Array(layers).keys()];

/** Everything the engine fetches. */
export const outputsOf = (g: Pick<ModelGeometry, "layers">): string[] => [
  GRAPH_OUTPUT.logits,
  ...layersOf(g).flatMap((layer) => [newKeyName(layer), newValueName(layer)]),
];

/** What a graph is fed with, as the engine does; the last new token is read. */
export const feedsOf = (g: ModelGeometry, size: StepSize): TensorsByName => ({
  ...tokenFeeds(size, [size.newTokens - 1]),
  ...pastFeeds(g, size.pastTokens),
});

/** All inputs but the past: tokens 1, 2, 3, ... of one sequence. */
export function tokenFeeds({ newTokens, pastTokens }: StepSize, reads: readonly number[]): TensorsByName {
  const total = newTokens + pastTokens;
  const count = (from: number): BigInt64Array =>
    BigInt64Array.from({ length: newTokens }, (_, i) => BigInt(from + i));
  const bias = new Float32Array(newTokens * total);
  for (let row = 0; row < newTokens; row++)
    bias.fill(MASKED, row * total + pastTokens + row + 1, (row + 1) * total);
  return {
    [GRAPH_INPUT.inputIds]: new Tensor("int64", count(1), [1, newTokens]),
    [GRAPH_INPUT.positionIds]: new Tensor("int64", count(pastTokens), [1, newTokens]),
    [GRAPH_INPUT.attentionBias]: new Tensor("float32", bias, [1, 1, newTokens, total]),
    [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
    [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
    [GRAPH_INPUT.readPositions]: new Tensor("int64", BigInt64Array.from(reads, BigInt), [reads.length]),
  };
}

/** A past in which all numbers are the same: good enough to take time by. */
export function pastFeeds(g: ModelGeometry, pastTokens: number): TensorsByName {
  const feeds: Record<string, Tensor> = {};
  const past = (): Tensor =>
    new Tensor("float32", new Float32Array(g.kvHeads * pastTokens * g.headDim).fill(0.1), [
      ...[1, g.kvHeads, pastTokens, g.headDim],
    ]);
  for (const layer of layersOf(g)) {
    feeds[pastKeyName(layer)] = past();
    feeds[pastValueName(layer)] = past();
  }
  return feeds;
}

/** The past that a run leaves behind. */
export const pastOf = (g: Pick<ModelGeometry, "layers">, outputs: TensorsByName): TensorsByName =>
  Object.fromEntries(
    layersOf(g).flatMap((layer) => [
      [pastKeyName(layer), outputs[newKeyName(layer)]!],
      [pastValueName(layer), outputs[newValueName(layer)]!],
    ]),
  );
