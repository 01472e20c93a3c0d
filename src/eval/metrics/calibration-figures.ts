import { ratio } from "./decision-figures.js";
import type { Sample, Weights } from "./sample.js";

/** Whether scores can be taken at their word, 0 is best. */
export interface CalibrationFigures {
  /**
   * Expected calibration error: over 15 bins of equally many items, the mean distance of the mean score from the
   * share that is unsafe. Chance alone keeps it above 0, the more so the fewer items.
   */
  readonly ece: number | null;
  /** Mean squared distance of the score from 1 for unsafe and 0 for safe items (Brier). */
  readonly brier: number | null;
}

export interface ReliabilityBin {
  readonly items: number;
  readonly meanScore: number;
  readonly unsafeShare: number;
}

export const BINS = 15;

/** Bins of equally many items, highest scores first; of fewer items than bins each has one of its own. */
export function reliabilityBins({ size, scores, unsafe }: Sample, weights: Weights): ReliabilityBin[] {
  let total = 0;
  for (let at = 0; at < size; at += 1) total += weights[at]!;
  const bins = Math.min(BINS, total);
  const [items, scoreSums, unsafeSums] = [
    new Float64Array(bins),
    new Float64Array(bins),
    new Float64Array(bins),
  ];
  let rank = 0;
  for (let at = 0; at < size; at += 1)
    for (let copy = 0; copy < weights[at]!; copy += 1) {
      const bin = Math.floor((bins * rank++) / total);
      items[bin]! += 1;
      scoreSums[bin]! += scores[at]!;
      unsafeSums[bin]! += unsafe[at]!;
    }
  return Array.from(items, (count, bin) => ({
    items: count,
    meanScore: scoreSums[bin]! / count,
    unsafeShare: unsafeSums[bin]! / count,
  }));
}

export function calibrationFigures(sample: Sample, weights: Weights): CalibrationFigures {
  const bins = reliabilityBins(sample, weights);
  const total = bins.reduce((sum, { items }) => sum + items, 0);
  const gaps = bins.reduce(
    (sum, { items, meanScore, unsafeShare }) => sum + items * Math.abs(meanScore - unsafeShare),
    0,
  );
  let squares = 0;
  for (let at = 0; at < sample.size; at += 1)
    squares += weights[at]! * (sample.scores[at]! - sample.unsafe[at]!) ** 2;
  return { ece: ratio(gaps, total), brier: ratio(squares, total) };
}
