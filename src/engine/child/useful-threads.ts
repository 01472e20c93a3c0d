import { layerWeights, type ModelGeometry, type ModelManifest } from "../../model/index.js";

/**
 * Weights of layers for each thread; below that, waking threads takes longer than what they do. A guard's steps have
 * tens of tokens, a generator's mostly one: the starter guard (2.8 million weights) answers sooner with two threads, a
 * token of the starter chat (4.1 million) takes two as long as one, for nearly twice the CPU time.
 */
const WEIGHTS_PER_THREAD: Readonly<Record<ModelManifest["task"], number>> = {
  guard: 1_000_000,
  generator: 16_000_000,
};

/** @param most threads that may be used */
export function usefulThreads(geometry: ModelGeometry, task: ModelManifest["task"], most: number): number {
  return Math.min(most, Math.max(1, Math.floor(layerWeights(geometry) / WEIGHTS_PER_THREAD[task])));
}
