import type { ScoredCode } from "../engine/index.js";
import type { JudgedRole, PolicyAction, PolicyCategory } from "../policy/index.js";
import type { CategoryJudgement } from "./guard.js";
import type { NamedAt } from "./named-at.js";

/** One reading of the conversation by the model: of one window, raw or neutralised. */
export interface Reading {
  /** P(unsafe), 0..1. */
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

/** What rules make of it. */
export interface Ruling {
  /** Codes in policy order. */
  readonly violated: readonly string[];
  /** The strictest action among violated categories; `allow` where none is. */
  readonly action: PolicyAction;
}

const STRICTNESS: Readonly<Record<PolicyAction, number>> = { allow: 0, flag: 1, block: 2 };

/**
 * What the policy makes of the readings. A category is violated when one reading names it and that reading's
 * P(unsafe) reaches the category's threshold. Readings can only add violations: a milder window never hides a
 * stricter one. Scores of categories alone inform and decide nothing: asking for them never changes a verdict.
 *
 * @param categories the policy's categories that take part, in policy order
 * @returns every category, violated or not, with the highest score any reading gave it
 */
export function decide(
  categories: readonly PolicyCategory[],
  role: JudgedRole,
  readings: readonly Reading[],
): Decision {
  const namedAt = highestNamed(readings);
  const { violated, action } = applyRules(categories, role, namedAt);
  return {
    score: Math.max(...readings.map(({ scoreUnsafe }) => scoreUnsafe)),
    categories: categories.map(({ code, name }) => ({
      code,
      name,
      score: Math.max(...readings.map((reading) => categoryScore(code, reading))),
      violated: violated.includes(code),
    })),
    action,
    namedAt,
  };
}

/**
 * Holds thresholds against what was read: a category is violated when it was named at its threshold or above.
 * @param categories those that take part, in policy order
 */
export function applyRules(
  categories: readonly Pick<PolicyCategory, "code" | "rules">[],
  role: JudgedRole,
  namedAt: NamedAt,
): Ruling {
  const violated = categories.filter(({ code, rules }) => (namedAt[code] ?? -1) >= rules[role].threshold);
  return {
    violated: violated.map(({ code }) => code),
    action: strictest(violated.map(({ rules }) => rules[role].action)),
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

const strictest = (actions: readonly PolicyAction[]): PolicyAction =>
  actions.reduce<PolicyAction>((most, one) => (STRICTNESS[one] > STRICTNESS[most] ? one : most), "allow");

/** Least P(unsafe) at which any category could be violated: below it codes need not be decoded. */
export const lowestThreshold = (categories: readonly PolicyCategory[], role: JudgedRole): number =>
  Math.min(...categories.map((category) => category.rules[role].threshold));
