import type { ModelGeometry } from "../../model/index.js";

/**
 * Weights of layers for each thread. Below that, threads cost more than they bring: the starter guard, with 2.8 million,
 * answers a short message with two threads a tenth sooner at best, for 60 % more CPU time.
 */
const WEIGHTS_PER_THREAD = 4_000_000;

/** @param most threads that may be used */
export function usefulThreads(
  { layers, hiddenSize, ffnSize, heads, kvHeads, headDim }: ModelGeometry,
  most: number,
): number {
  const weights = layers * hiddenSize * (2 * (heads + kvHeads) * headDim + 3 * ffnSize);
  return Math.min(most, Math.max(1, Math.floor(weights / WEIGHTS_PER_THREAD)));
}
