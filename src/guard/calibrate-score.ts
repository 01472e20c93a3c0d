import type { Calibration } from "../policy/index.js";

type Curve = Pick<Calibration, "temperature" | "bias">;

/** Log-odds of a probability; 0 and 1 are infinitely far away, and come back from there. */
export const logit = (probability: number): number => Math.log(probability / (1 - probability));

export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * P(unsafe) as calibrated, 0..1. Never turns an order round: of two conversations the likelier stays the likelier.
 * Without a calibration the score is what the model gave, bit for bit.
 */
export const calibrateScore = (score: number, calibration: Curve | undefined): number =>
  calibration === undefined ? score : sigmoid(logit(score) / calibration.temperature + calibration.bias);

/** Rounding on the way back must not hide a score that just reaches its threshold. */
const SLACK = 1e-9;

/** The model's own P(unsafe) from which the calibrated one reaches `threshold`: never above it, at most a hair below. */
export const uncalibrated = (threshold: number, calibration: Curve | undefined): number =>
  calibration === undefined
    ? threshold
    : Math.max(0, sigmoid((logit(threshold) - calibration.bias) * calibration.temperature) - SLACK);
