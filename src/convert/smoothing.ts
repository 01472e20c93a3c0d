import type { ModelGeometry } from "../model/index.js";

/** The inputs of a layer's four products: q/k/v, the attention's output, gate/up, and down. */
export const SITES = ["attentionIn", "attentionOut", "mlpIn", "mlpDown"] as const;
export type Site = (typeof SITES)[number];

/**
 * One number per channel of each site. `attentionOut` has kvHeads * headDim, since the query heads of a group
 * share their values; `attentionIn` and `mlpIn` have hiddenSize, `mlpDown` ffnSize.
 */
export type PerSite = Readonly<Record<Site, Float32Array>>;

/**
 * Positive divisors that move the reach of large activation channels into the weights: whatever makes a channel
 * is divided by them, the columns that read it are multiplied. The function stays the same; only what rounding
 * does to it changes.
 * @see SmoothQuant, https://arxiv.org/abs/2211.10438
 */
export type LayerSmoothing = PerSite;

/** Channels of the attention's output, `[heads * headDim]`, each with the number of the values it is made of. */
export function spreadOverGroup(perValue: Float32Array, g: ModelGeometry): Float32Array {
  const group = g.heads / g.kvHeads;
  return Float32Array.from(
    { length: g.heads * g.headDim },
    (_, i) => perValue[Math.floor(i / g.headDim / group) * g.headDim + (i % g.headDim)]!,
  );
}

/** The largest number of each group: `[heads * headDim]` to `[kvHeads * headDim]`. */
export function largestOfGroup(perChannel: Float32Array, g: ModelGeometry): Float32Array {
  const group = g.heads / g.kvHeads;
  const largest = new Float32Array(g.kvHeads * g.headDim);
  perChannel.forEach((value, i) => {
    const target = Math.floor(i / g.headDim / group) * g.headDim + (i % g.headDim);
    largest[target] = Math.max(largest[target]!, value);
  });
  return largest;
}

export const reciprocals = (values: Float32Array): Float32Array => values.map((value) => 1 / value);
