import type { JudgedRole, PolicyAction, PolicyCategory } from "../policy/index.js";

/**
 * Per code that any reading names, the highest P(unsafe), 0..1 and calibrated, of the readings that do: all that
 * thresholds are held against. Kept, it lets other thresholds be tried without the model.
 */
export type NamedAt = Readonly<Record<string, number>>;

/** What rules make of it. */
export interface Ruling {
  /** Codes in policy order. */
  readonly violated: readonly string[];
  /** The strictest action among violated categories; `allow` where none is. */
  readonly action: PolicyAction;
}

const STRICTNESS: Readonly<Record<PolicyAction, number>> = { allow: 0, flag: 1, block: 2 };

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

const strictest = (actions: readonly PolicyAction[]): PolicyAction =>
  actions.reduce<PolicyAction>((most, one) => (STRICTNESS[one] > STRICTNESS[most] ? one : most), "allow");
