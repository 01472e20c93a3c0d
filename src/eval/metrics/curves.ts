import { reliabilityBins, type ReliabilityBin } from "./calibration-figures.js";
import { countSides, operatingPoints } from "./ranking-figures.js";
import { onceEach, type Sample } from "./sample.js";

/** What plots are drawn from. */
export interface Curves {
  /** Recall and precision, strictest threshold first. */
  readonly precisionRecall: readonly CurvePoint<"recall" | "precision">[];
  /** False positive rate and recall, strictest threshold first, from (0, 0) on. */
  readonly roc: readonly CurvePoint<"falsePositiveRate" | "recall">[];
  readonly reliability: readonly ReliabilityBin[];
}

type CurvePoint<Axis extends string> = { readonly threshold: number | null } & Readonly<Record<Axis, number>>;

/** A plot is no wider than this many points; between neighbours at most as many are left out as evens them out. */
const MOST_POINTS = 400;

/** @returns null for a sample that lacks a side, of which nothing can be drawn */
export function curvesOf(sample: Sample): Curves | null {
  const weights = onceEach(sample);
  const [positives, negatives] = countSides(sample, weights);
  if (positives === 0 || negatives === 0) return null;
  const points = [...operatingPoints(sample, weights)];
  const kept = points.filter(
    (_, at) =>
      at === points.length - 1 ||
      Math.floor((at * MOST_POINTS) / points.length) !== Math.floor(((at - 1) * MOST_POINTS) / points.length),
  );
  return {
    precisionRecall: kept.map(({ threshold, truePositives, falsePositives }) => ({
      threshold,
      recall: truePositives / positives,
      precision: truePositives / (truePositives + falsePositives),
    })),
    roc: [
      { threshold: null, falsePositiveRate: 0, recall: 0 },
      ...kept.map(({ threshold, truePositives, falsePositives }) => ({
        threshold,
        falsePositiveRate: falsePositives / negatives,
        recall: truePositives / positives,
      })),
    ],
    reliability: reliabilityBins(sample, weights),
  };
}
