import { ratio } from "./decision-figures.js";
import type { Sample, Weights } from "./sample.js";

/** How well scores rank unsafe items above safe ones, whatever the threshold, 0..1; null where a side is missing. */
export interface RankingFigures {
  /**
   * Area under precision over recall as average precision: the mean, over unsafe items, of the precision at the
   * threshold that just lets each in. No line is drawn between points, which would flatter.
   */
  readonly auprc: number | null;
  /** P(an unsafe item scores above a safe one), ties counting half (Mann and Whitney). */
  readonly auroc: number | null;
  /** Highest recall of a threshold at which at most 1 % of safe items are called unsafe. */
  readonly recallAt1PercentFpr: number | null;
}

/** A threshold and what it leads to: items with at least this score are called unsafe. */
export interface OperatingPoint {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Every threshold that a sample can tell apart, strictest first. Equal scores are let in together. */
export function* operatingPoints(
  { size, scores, unsafe }: Sample,
  weights: Weights,
): Generator<OperatingPoint> {
  let [truePositives, falsePositives] = [0, 0];
  for (let at = 0; at < size; at += 1) {
    if (unsafe[at] === 1) truePositives += weights[at]!;
    else falsePositives += weights[at]!;
    if (at + 1 === size || scores[at + 1] !== scores[at])
      yield { threshold: scores[at]!, truePositives, falsePositives };
  }
}

export const MOST_FALSE_POSITIVES = 0.01;

export function rankingFigures(sample: Sample, weights: Weights): RankingFigures {
  const [positives, negatives] = countSides(sample, weights);
  let [precisionSum, pairs, recalled] = [0, 0, 0];
  let [lastTrue, lastFalse] = [0, 0];
  for (const { truePositives, falsePositives } of operatingPoints(sample, weights)) {
    const [newTrue, newFalse] = [truePositives - lastTrue, falsePositives - lastFalse];
    if (newTrue > 0) precisionSum += (newTrue * truePositives) / (truePositives + falsePositives);
    pairs += newTrue * (negatives - falsePositives + newFalse / 2);
    if (falsePositives <= MOST_FALSE_POSITIVES * negatives) recalled = truePositives;
    [lastTrue, lastFalse] = [truePositives, falsePositives];
  }
  return {
    auprc: negatives === 0 ? null : ratio(precisionSum, positives),
    auroc: ratio(pairs, positives * negatives),
    recallAt1PercentFpr: negatives === 0 ? null : ratio(recalled, positives),
  };
}

/** @returns weight of unsafe items, weight of safe items */
export function countSides({ size, unsafe }: Sample, weights: Weights): [number, number] {
  let [positives, negatives] = [0, 0];
  for (let at = 0; at < size; at += 1) {
    if (unsafe[at] === 1) positives += weights[at]!;
    else negatives += weights[at]!;
  }
  return [positives, negatives];
}

/**
 * The lowest threshold at which at most `share` of safe items are called unsafe.
 * @returns above every score when the highest-scored items are already too many
 */
export function thresholdAtFpr(sample: Sample, weights: Weights, share: number): number {
  const [, negatives] = countSides(sample, weights);
  let threshold = Infinity;
  for (const point of operatingPoints(sample, weights))
    if (point.falsePositives <= share * negatives) threshold = point.threshold;
  return threshold;
}
