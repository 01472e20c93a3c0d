import { GuardError } from "../../base/index.js";
import { logit, sigmoid } from "../../guard/index.js";

/** What a curve is fitted to: a score of the model, and what the row is labelled. */
export interface FitPoint {
  /** P(unsafe) as the model gave it, 0..1. */
  readonly score: number;
  readonly unsafe: boolean;
}

export interface Curve {
  readonly temperature: number;
  readonly bias: number;
}

/** Scores are kept off 0 and 1, where log-odds end: single precision, in which they were computed, ends there too. */
const MOST_LOG_ODDS = 16;
/** Newton's steps here double the right digits each; a fit of a dozen is far along. */
const MOST_STEPS = 100;
const CLOSE = 1e-10;

/**
 * The temperature, and with `withBias` the bias, under which labels are likeliest (least log loss). Newton's method
 * on a convex function of two numbers, slope = 1 / temperature and bias. Labels count as a little less than certain,
 * as Platt has it, so that data which some threshold separates does not ask for a temperature of 0.
 * @throws GuardError `invalid_config` when scores say nothing of the labels, or the opposite
 */
export function fitCurve(points: readonly FitPoint[], withBias: boolean): Curve {
  const unsafe = points.filter((point) => point.unsafe).length;
  const safe = points.length - unsafe;
  if (unsafe === 0 || safe === 0)
    throw new GuardError("invalid_config", "calibration needs rows of both labels");
  const targets = { unsafe: (unsafe + 1) / (unsafe + 2), safe: 1 / (safe + 2) };
  const data = points.map((point) => ({
    x: clampedLogit(point.score),
    target: point.unsafe ? targets.unsafe : targets.safe,
  }));
  const lossAt = (slope: number, bias: number): number =>
    data.reduce((sum, { x, target }) => sum + crossEntropy(slope * x + bias, target), 0);

  let [slope, bias] = [1, 0];
  let loss = lossAt(slope, bias);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    // Gradient and second derivatives of the loss.
    let [gSlope, gBias, hSlope, hMixed, hBias] = [0, 0, 1e-12, 0, 1e-12];
    for (const { x, target } of data) {
      const p = sigmoid(slope * x + bias);
      gSlope += (p - target) * x;
      gBias += p - target;
      hSlope += p * (1 - p) * x * x;
      hMixed += p * (1 - p) * x;
      hBias += p * (1 - p);
    }
    const det = hSlope * hBias - hMixed * hMixed;
    const [dSlope, dBias] = withBias
      ? [(hBias * gSlope - hMixed * gBias) / det, (hSlope * gBias - hMixed * gSlope) / det]
      : [gSlope / hSlope, 0];
    // Halved until the loss falls: far from the goal a whole step can overshoot.
    let share = 1;
    while (share > CLOSE && !(lossAt(slope - share * dSlope, bias - share * dBias) < loss)) share /= 2;
    if (share <= CLOSE) break;
    [slope, bias] = [slope - share * dSlope, bias - share * dBias];
    loss = lossAt(slope, bias);
    if (Math.abs(share * dSlope) + Math.abs(share * dBias) < CLOSE) break;
  }
  if (!(slope > 1 / MOST_TEMPERATURE))
    throw new GuardError(
      "invalid_config",
      "scores say nothing of these labels: there is nothing to calibrate",
    );
  return { temperature: Math.max(1 / slope, LEAST_TEMPERATURE), bias };
}

/** As policies/overlay.schema.json allows. */
const [LEAST_TEMPERATURE, MOST_TEMPERATURE] = [0.05, 20];

const clampedLogit = (score: number): number =>
  Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, logit(score)));

/** log(1 + e^z) - target * z, without overflow. */
const crossEntropy = (z: number, target: number): number =>
  Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z;

/** Mean of -log of the probability given to what is so, in nats. */
export const logLoss = (points: readonly FitPoint[], { temperature, bias }: Curve): number =>
  points.reduce(
    (sum, { score, unsafe }) => sum + crossEntropy(clampedLogit(score) / temperature + bias, unsafe ? 1 : 0),
    0,
  ) / points.length;
