import { finiteMax } from "../generation/index.js";

/** Where one row of logits scores the two words an answer can begin with. */
export interface VerdictColumns {
  readonly safe: number;
  readonly unsafe: number;
}

export interface VerdictScore {
  /** Two-class softmax, 0..1. */
  readonly scoreUnsafe: number;
  /** Share of probability the two words hold among all columns, 0..1. */
  readonly mass: number;
}

/**
 * Reads a verdict. The model card takes the plain probability of `unsafe`; here it is renormalised over the
 * two words, so that safe and unsafe add up to 1, and what the two hold together is told beside it.
 * @param logits float32 [V], the row of the first answer position
 * @throws GuardError `unreadable_output` when a score is not finite
 */
export function scoreVerdict(logits: Float32Array, { safe, unsafe }: VerdictColumns): VerdictScore {
  const highest = finiteMax(logits);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const forSafe = logits[safe]!;
  const forUnsafe = logits[unsafe]!;
  return {
    scoreUnsafe: 1 / (1 + Math.exp(forSafe - forUnsafe)),
    mass: (Math.exp(forSafe - highest) + Math.exp(forUnsafe - highest)) / total,
  };
}

/**
 * Softmax over a few columns of a row, as if nothing else could be said.
 * @returns 0..1, one per column, same order
 * @throws GuardError `unreadable_output` when a score is not finite
 */
export function shareAmong(logits: Float32Array, columns: readonly number[]): number[] {
  const chosen = Float32Array.from(columns, (column) => logits[column]!);
  const highest = finiteMax(chosen);
  const weights = Array.from(chosen, (logit) => Math.exp(logit - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
