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
  const [queries, keys] = [g.heads * g.headDim, g.kvHeads * g.headDim];
  const rows = newTokens * g.layers;
  const asking = newTokens * (g.layers - 1) + 1;
  const seenByAll = newTokens * (pastTokens + (newTokens + 1) / 2);
  return {
    qkv: 2 * g.hiddenSize * (asking * queries + rows * 2 * keys),
    attention: 4 * queries * (seenByAll * (g.layers - 1) + pastTokens + newTokens),
    "attention out": 2 * asking * queries * g.hiddenSize,
    "gate and up": 2 * asking * g.hiddenSize * 2 * g.ffnSize,
    down: 2 * asking * g.ffnSize * g.hiddenSize,
  };
}

/** Weights that a step reads once, as numbers; times bytes per weight, that is what one written token costs. */
export const layerWeights = (g: ModelGeometry): number =>
  g.layers * g.hiddenSize * (2 * g.heads * g.headDim + 2 * g.kvHeads * g.headDim + 3 * g.ffnSize);

export const sumOf = (operations: Readonly<Record<LayerPart, number>>): number =>
  LAYER_PARTS.reduce((sum, part) => sum + operations[part], 0);
