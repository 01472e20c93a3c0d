import type { ScoredCode } from "../engine/index.js";

/**
 * What is made of a verdict `unsafe` whose categories nobody knows: every code counts, evenly, so that the strictest
 * action is taken. Anything less would let a word pass for want of its reason.
 */
export const everyCode = (codes: readonly string[]): ScoredCode[] =>
  codes.map((code) => ({ code, listed: true, probability: 1 / codes.length }));
