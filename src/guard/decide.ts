import type { ScoredCode } from "../engine/index.js";
import type { Calibration, JudgedRole, PolicyAction, PolicyCategory } from "../policy/index.js";
import { applyRules, type NamedAt } from "./apply-rules.js";
import { calibrateScore } from "./calibrate-score.js";
import type { CategoryJudgement } from "./guard.js";

/** One reading of the conversation by the model: of one window, raw or neutralised. */
export interface Reading {
  /** P(unsafe) as the model gives it, 0..1. */
  readonly scoreUnsafe: number;
  /** Null when P(unsafe) was below every threshold, so that no category could be violated. */
  readonly codes: readonly ScoredCode[] | null;
  /** P(unsafe) with only this category in the prompt, per code; null unless asked for. */
  readonly alone: ReadonlyMap<string, number> | null;
}

export interface Decision {
  readonly score: number;
  readonly categories: readonly CategoryJudgement[];
  readonly action: PolicyAction;
  readonly namedAt: NamedAt;
}

/**
 * What the policy makes of the readings. A category is violated when one reading names it and that reading's
 * P(unsafe) reaches the category's threshold. Readings can only add violations: a milder window never hides a
 * stricter one. Scores of categories alone inform and decide nothing: asking for them never changes a verdict. They
 * stay as the model gives them: a calibration is fitted on prompts with all categories, and says nothing of others.
 *
 * @param categories the policy's categories that take part, in policy order
 * @returns every category, violated or not, with the highest score any reading gave it
 */
export function decide(
  categories: readonly PolicyCategory[],
  role: JudgedRole,
  readings: readonly Reading[],
  calibration?: Calibration,
): Decision {
  const calibrated = readings.map((reading) => ({
    ...reading,
    scoreUnsafe: calibrateScore(reading.scoreUnsafe, calibration),
  }));
  const namedAt = highestNamed(calibrated);
  const { violated, action } = applyRules(categories, role, namedAt);
  return {
    score: Math.max(...calibrated.map(({ scoreUnsafe }) => scoreUnsafe)),
    categories: categories.map(({ code, name }) => ({
      code,
      name,
      score: Math.max(...calibrated.map((reading) => categoryScore(code, reading))),
      violated: violated.includes(code),
    })),
    action,
    namedAt,
  };
}

function highestNamed(readings: readonly Reading[]): NamedAt {
  const named = new Map<string, number>();
  for (const { codes, scoreUnsafe } of readings)
    for (const { code, listed } of codes ?? [])
      if (listed) named.set(code, Math.max(scoreUnsafe, named.get(code) ?? 0));
  return Object.fromEntries(named);
}

const categoryScore = (code: string, { alone, codes, scoreUnsafe }: Reading): number =>
  alone?.get(code) ?? scoreUnsafe * (codes?.find((one) => one.code === code)?.probability ?? 0);

/** Least P(unsafe), calibrated, at which any category could be violated: below it codes need not be decoded. */
export const lowestThreshold = (categories: readonly PolicyCategory[], role: JudgedRole): number =>
  Math.min(...categories.map((category) => category.rules[role].threshold));
