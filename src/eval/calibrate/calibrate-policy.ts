import { randomOf, shuffled } from "../../dataset/index.js";
import { calibrateScore } from "../../guard/index.js";
import type { Calibration, Policy } from "../../policy/index.js";
import { GuardError } from "../../base/index.js";
import { calibrationFigures } from "../metrics/calibration-figures.js";
import { confusionOf, decisionFigures, type DecisionFigures } from "../metrics/decision-figures.js";
import { createSample, onceEach } from "../metrics/sample.js";
import type { JudgedRow, RowOutcome } from "../row-outcome.js";
import { fitCurve, logLoss, type Curve, type FitPoint } from "./fit-curve.js";
import {
  fitCommon,
  fitThresholds,
  isFlagged,
  type Aim,
  type NamedRow,
  type Thresholds,
} from "./fit-thresholds.js";

/** What was fitted, and what it is worth. */
export interface CalibratedPolicy {
  readonly calibration: Calibration;
  readonly thresholds: Thresholds;
  /** Whether categories have thresholds of their own; not where, on rows left out of the fit, one for all did as well. */
  readonly byCategory: boolean;
  readonly rows: number;
  readonly folds: number;
  readonly before: FitFigures;
  /** On the rows that everything was fitted to: kinder than the truth. */
  readonly inSample: FitFigures;
  /** Each row by a fit that has not seen its prompt. */
  readonly heldOut: FitFigures;
}

export type FitFigures = Pick<DecisionFigures, "f1" | "recall" | "falsePositiveRate"> & {
  readonly ece: number | null;
  readonly brier: number | null;
  /** Mean, in nats. */
  readonly logLoss: number;
};

export interface CalibrateOptions {
  readonly policy: Policy;
  readonly model: string;
  readonly aim: Aim;
  readonly seed: number;
}

/** Every row is held out once. More folds cost time, fewer fit on too little. */
const FOLDS = 5;
/** Gain of log loss, in nats a row, below which a bias is not worth having. */
const LEAST_GAIN = 0.0005;
/** Gain in F1 or recall on held-out rows below which one threshold for all is kept. */
const LEAST_THRESHOLD_GAIN = 0.002;

interface Fit {
  readonly curve: Curve;
  readonly thresholds: Thresholds;
}
interface Shape {
  readonly withBias: boolean;
  readonly byCategory: boolean;
}

/**
 * Fits a calibration and thresholds to judged rows. Whether a bias, and whether thresholds by category, are worth
 * having is decided on held-out rows: five folds, the rows of one prompt in the same.
 * @throws GuardError `invalid_config` when there are too few rows, or of one label only
 */
export function calibratePolicy(
  outcomes: readonly RowOutcome[],
  { policy, model, aim, seed }: CalibrateOptions,
): CalibratedPolicy {
  const rows = outcomes.filter((row) => row.status === "judged");
  const folds = assignFolds(rows, seed);
  const codes = policy.categories.map(({ code }) => code);
  const fit = (on: readonly JudgedRow[], { withBias, byCategory }: Shape): Fit => {
    const curve = rounded(fitCurve(on.map(asPoint), withBias));
    const named = on.map((row) => namedRow(row, curve));
    const common = fitCommon(named, aim);
    return {
      curve,
      thresholds: byCategory
        ? fitThresholds(named, codes, aim)
        : new Map(codes.map((code) => [code, common])),
    };
  };
  const crossFit = (shape: Shape): Fit[] => {
    const fits = Array.from({ length: FOLDS }, (_, fold) =>
      fit(
        rows.filter((_row, at) => folds[at] !== fold),
        shape,
      ),
    );
    return rows.map((_, at) => fits[folds[at]!]!);
  };
  const lossOf = (fits: readonly Fit[]): number =>
    rows.reduce((sum, row, at) => sum + logLoss([asPoint(row)], fits[at]!.curve), 0) / rows.length;
  const worthOf = (fits: readonly Fit[]): number => {
    const { f1, recall, falsePositiveRate } = figuresOf(rows, fits);
    if (aim.kind === "f1") return f1 ?? 0;
    return (falsePositiveRate ?? 1) <= aim.share ? (recall ?? 0) : -(falsePositiveRate ?? 1);
  };

  const plain = crossFit({ withBias: false, byCategory: false });
  const biased = crossFit({ withBias: true, byCategory: false });
  const withBias = lossOf(plain) - lossOf(biased) >= LEAST_GAIN;
  const common = withBias ? biased : plain;
  const apart = crossFit({ withBias, byCategory: true });
  const byCategory = worthOf(apart) - worthOf(common) >= LEAST_THRESHOLD_GAIN;
  const final = fit(rows, { withBias, byCategory });
  const before: Fit = { curve: policy.calibration ?? { temperature: 1, bias: 0 }, thresholds: new Map() };
  return {
    calibration: { ...final.curve, model },
    thresholds: new Map([...final.thresholds].map(([code, threshold]) => [code, round(threshold)])),
    byCategory,
    rows: rows.length,
    folds: FOLDS,
    before: figuresOf(
      rows,
      rows.map(() => before),
      (row) => row.verdict === "unsafe",
    ),
    inSample: figuresOf(
      rows,
      rows.map(() => final),
    ),
    heldOut: figuresOf(rows, byCategory ? apart : common),
  };
}

/** Prompts in random order, dealt out in turn. */
function assignFolds(rows: readonly JudgedRow[], seed: number): number[] {
  const groups = [...new Set(rows.map(({ group }) => group))];
  if (groups.length < 10 * FOLDS)
    throw new GuardError(
      "invalid_config",
      `calibration needs at least ${String(10 * FOLDS)} different prompts`,
    );
  const places = shuffled(groups, randomOf("folds", seed));
  const foldOf = new Map(places.map((group, at) => [group, at % FOLDS]));
  return rows.map(({ group }) => foldOf.get(group)!);
}

/** P(unsafe) that the verdict rests on, as the model gave it. */
const rawScore = ({ readings }: JudgedRow): number => Math.max(...readings.map(({ score }) => score));
const asPoint = (row: JudgedRow): FitPoint => ({ score: rawScore(row), unsafe: row.label === "unsafe" });

function namedRow({ label, readings }: JudgedRow, curve: Curve): NamedRow {
  const namedAt = new Map<string, number>();
  for (const { score, named } of readings)
    for (const code of named)
      namedAt.set(code, Math.max(calibrateScore(score, curve), namedAt.get(code) ?? 0));
  return { unsafe: label === "unsafe", namedAt };
}

function figuresOf(
  rows: readonly JudgedRow[],
  fits: readonly Fit[],
  isUnsafe = (row: JudgedRow, at: number) => isFlagged(namedRow(row, fits[at]!.curve), fits[at]!.thresholds),
): FitFigures {
  const sample = createSample(
    rows.map((row, at) => ({
      unsafe: row.label === "unsafe",
      score: calibrateScore(rawScore(row), fits[at]!.curve),
      flagged: isUnsafe(row, at),
      group: row.group,
    })),
  );
  const weights = onceEach(sample);
  const { f1, recall, falsePositiveRate } = decisionFigures(
    confusionOf(sample, weights, (at) => sample.flagged[at] === 1),
  );
  const loss = rows.reduce((sum, row, at) => sum + logLoss([asPoint(row)], fits[at]!.curve), 0) / rows.length;
  return { f1, recall, falsePositiveRate, ...calibrationFigures(sample, weights), logLoss: loss };
}

/** What is written into the file is what was measured. */
const round = (value: number): number => Number(value.toFixed(4));
const rounded = ({ temperature, bias }: Curve): Curve => ({
  temperature: round(temperature),
  bias: round(bias),
});
