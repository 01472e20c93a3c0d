import type { QuantizationReport } from "../model/index.js";

/**
 * How far the verdicts of a format agree with those of exact arithmetic, over the measured prompts. `logitError`
 * is the root mean square change of the two verdict logits over that of the logits themselves, each pair less
 * its mean, which no verdict depends on: the relative error of the log-odds.
 */
export type Agreement = NonNullable<QuantizationReport["agreement"]>;

/** Logits of the two words at the verdict position of one prompt. */
export interface VerdictLogits {
  readonly safe: number;
  readonly unsafe: number;
}

/** @param rounded of the same prompts, at least one, in the same order */
export function compareVerdicts(
  exact: readonly VerdictLogits[],
  rounded: readonly VerdictLogits[],
): Agreement {
  const expected = exact.map(logOdds);
  const found = rounded.map(logOdds);
  const shifts = expected
    .map((odds, i) => Math.abs(probability(found[i]!) - probability(odds)))
    .sort(ascending);
  return {
    prompts: shifts.length,
    logitError: Math.sqrt(squares(expected.map((odds, i) => found[i]! - odds)) / squares(expected)),
    unsafeShiftMean: shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length,
    unsafeShiftP95: shifts[Math.ceil(0.95 * shifts.length) - 1]!,
    unsafeShiftMax: shifts.at(-1)!,
    flips: expected.filter((odds, i) => odds >= 0 !== found[i]! >= 0).length,
  };
}

const logOdds = ({ safe, unsafe }: VerdictLogits): number => unsafe - safe;
const probability = (odds: number): number => 1 / (1 + Math.exp(-odds));
const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
const ascending = (a: number, b: number): number => a - b;
