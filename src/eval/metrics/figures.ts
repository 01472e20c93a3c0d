import { calibrationFigures, type CalibrationFigures } from "./calibration-figures.js";
import { confusionOf, decisionFigures, type Confusion, type DecisionFigures } from "./decision-figures.js";
import { rankingFigures, type RankingFigures } from "./ranking-figures.js";
import type { Sample, Weights } from "./sample.js";

/** Every figure of a sample, 0..1 each. */
export interface Figures extends RankingFigures, CalibrationFigures {
  /** By the verdicts of the policy. */
  readonly atPolicy: DecisionFigures;
  /** By a score of at least one half, as the model card decides. */
  readonly atHalf: DecisionFigures;
}

export const HALF = 0.5;

export function figuresOf(sample: Sample, weights: Weights): Figures {
  const { scores } = sample;
  return {
    atPolicy: decisionFigures(policyConfusion(sample, weights)),
    atHalf: decisionFigures(confusionOf(sample, weights, (at) => scores[at]! >= HALF)),
    ...rankingFigures(sample, weights),
    ...calibrationFigures(sample, weights),
  };
}

export const policyConfusion = (sample: Sample, weights: Weights): Confusion =>
  confusionOf(sample, weights, (at) => sample.flagged[at] === 1);
