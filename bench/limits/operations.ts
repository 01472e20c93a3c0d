import type { ModelGeometry } from "../../model/index.js";

/** Parts of a decoder layer that are measured by themselves. */
export const LAYER_PARTS = ["qkv", "attention", "attention out", "gate and up", "down"] as const;
export type LayerPart = (typeof LAYER_PARTS)[number];

/**
 * Multiplications and additions, two for each pair, that new tokens cost in all layers, whatever computes them.
 * The last layer computes keys and values of all of them and goes on with one row, since nothing else is read.
 * @param pastTokens tokens before them that every one of them looks at
 */
export function operationsOf(
  g: ModelGeometry,
  newTokens: number,
  pastTokens: number,
): Readonly<Record<LayerPart, number>> {
  const { queries, keys, rows, asking } = sizesOf(g, newTokens);
  const seenByAll = newTokens * (pastTokens + (newTokens + 1) / 2);
  return {
    qkv: 2 * g.hiddenSize * (asking * queries + rows * 2 * keys),
    attention: 4 * queries * (seenByAll * (g.layers - 1) + pastTokens + newTokens),
    "attention out": 2 * asking * queries * g.hiddenSize,
    "gate and up": 2 * asking * g.hiddenSize * 2 * g.ffnSize,
    down: 2 * asking * g.ffnSize * g.hiddenSize,
  };
}

/**
 * Bytes that the same work moves at least once: weights, float32 activations in and out, keys and values.
 * @param bitsPerWeight as stored, scales included
 */
export function bytesOf(
  g: ModelGeometry,
  newTokens: number,
  pastTokens: number,
  bitsPerWeight: number,
): Readonly<Record<LayerPart, number>> {
  const { queries, keys, rows, asking } = sizesOf(g, newTokens);
  const product = (inputs: number, outputs: number): number =>
    (g.layers * inputs * outputs * bitsPerWeight) / 8 + 4 * asking * (inputs + outputs);
  return {
    qkv: product(g.hiddenSize, queries + 2 * keys) + 4 * (rows - asking) * (g.hiddenSize + 2 * keys),
    attention: 4 * (g.layers * 2 * keys * (pastTokens + newTokens) + asking * 2 * queries),
    "attention out": product(queries, g.hiddenSize),
    "gate and up": product(g.hiddenSize, 2 * g.ffnSize),
    down: product(g.ffnSize, g.hiddenSize),
  };
}

/** Widths of queries and keys; rows of all layers, and those of them that go on behind their keys and values. */
const sizesOf = (g: ModelGeometry, newTokens: number) => ({
  ...{ queries: g.heads * g.headDim, keys: g.kvHeads * g.headDim },
  ...{ rows: newTokens * g.layers, asking: newTokens * (g.layers - 1) + 1 },
});

export const sumOf = (operations: Readonly<Record<LayerPart, number>>): number =>
  LAYER_PARTS.reduce((sum, part) => sum + operations[part], 0);
