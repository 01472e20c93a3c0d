import type { Sample, Weights } from "./sample.js";

/** How many items of each kind got which answer. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** What yes-or-no answers are worth, 0..1; null where nothing could be counted. Positive is unsafe. */
export interface DecisionFigures {
  readonly f1: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly accuracy: number | null;
  /** Of safe items, the share that was called unsafe. */
  readonly falsePositiveRate: number | null;
}

export function confusionOf(
  { size, unsafe }: Sample,
  weights: Weights,
  isFlagged: (at: number) => boolean,
): Confusion {
  let [truePositives, falsePositives, falseNegatives, trueNegatives] = [0, 0, 0, 0];
  for (let at = 0; at < size; at += 1) {
    const weight = weights[at]!;
    if (unsafe[at] === 1) {
      if (isFlagged(at)) truePositives += weight;
      else falseNegatives += weight;
    } else if (isFlagged(at)) falsePositives += weight;
    else trueNegatives += weight;
  }
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

export function decisionFigures(confusion: Confusion): DecisionFigures {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  const positives = truePositives + falseNegatives;
  const negatives = falsePositives + trueNegatives;
  return {
    // Without a positive, found or to be found, F1 is nothing divided by nothing.
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, positives),
    accuracy: ratio(truePositives + trueNegatives, positives + negatives),
    falsePositiveRate: ratio(falsePositives, negatives),
  };
}

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
