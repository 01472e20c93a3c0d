import { GuardError } from "../base/index.js";
import { canonicalJson, type CategoryRule, type JudgedRole, type Policy } from "../policy/index.js";
import { questionSha256, sha256Of, type AuditedCategory, type AuditedPolicy } from "./run-identity.js";

/** Another threshold for a category. */
export interface ThresholdChange {
  /** Id of the policy; null for the only one there is. */
  readonly policy: string | null;
  /** Null for both. */
  readonly role: JudgedRole | null;
  readonly code: string;
  /** 0..1. */
  readonly threshold: number;
}

const CHANGE =
  /^(?:([a-z0-9][a-z0-9._-]*)\/)?(?:(user|assistant):)?([A-Z]\d{1,3})=(0(?:\.\d+)?|1(?:\.0+)?|\.\d+)$/;

/**
 * @param text changes with commas between: `S1=0.7`, `assistant:S1=0.7`, `llama-guard-2/S1=0.7`
 * @throws GuardError `invalid_config`
 */
export const parseThresholds = (text: string): ThresholdChange[] =>
  text.split(",").map((part) => {
    const [, policy, role, code, number] = CHANGE.exec(part.trim()) ?? [];
    if (code === undefined)
      throw new GuardError(
        "invalid_config",
        "--threshold takes changes such as S1=0.7, assistant:S1=0.7 or llama-guard-2/S1=0.7, with commas between " +
          "and numbers from 0 to 1",
      );
    return { policy: policy ?? null, role: (role as JudgedRole) ?? null, code, threshold: Number(number) };
  });

/**
 * The policies of a run with other thresholds.
 * @throws GuardError `invalid_config` for a category that a policy does not have, or a policy that is not named
 */
export function withThresholds(
  policies: readonly AuditedPolicy[],
  changes: readonly ThresholdChange[],
): AuditedPolicy[] {
  for (const { policy, code } of changes) {
    if (policy === null && policies.length > 1)
      throw new GuardError(
        "invalid_config",
        `the run has several policies: name one, as in ${policies[0]!.id}/${code}`,
      );
    const meant = policies.find(({ id }) => id === (policy ?? policies[0]!.id));
    if (meant?.categories.some((category) => category.code === code) !== true)
      throw new GuardError(
        "invalid_config",
        `the run has no category ${code} of ${policy ?? policies[0]!.id}`,
      );
  }
  return policies.map((policy) => {
    const own = changes.filter((change) => (change.policy ?? policy.id) === policy.id);
    if (own.length === 0) return policy;
    const categories = policy.categories.map((category) => withChanges(category, own));
    const rules = categories.map(({ code, rules: one }) => ({ code, rules: one }));
    return {
      ...policy,
      version: `${policy.version}+thresholds`,
      sha256: sha256Of(canonicalJson({ policy: policy.sha256, rules })),
      categories,
    };
  });
}

function withChanges(category: AuditedCategory, changes: readonly ThresholdChange[]): AuditedCategory {
  const ruleOf = (role: JudgedRole): CategoryRule => {
    const last = changes.findLast(
      (change) => change.code === category.code && (change.role ?? role) === role,
    );
    const rule = category.rules[role];
    return last === undefined ? rule : { ...rule, threshold: last.threshold };
  };
  return { ...category, rules: { user: ruleOf("user"), assistant: ruleOf("assistant") } };
}

/**
 * The policies of a run with the rules of another version of one of them.
 * @throws GuardError `invalid_config` when the run does not have the policy, or it asks the model something else
 */
export function withPolicy(policies: readonly AuditedPolicy[], policy: Policy): AuditedPolicy[] {
  const there = policies.find(({ id }) => id === policy.id);
  if (there === undefined)
    throw new GuardError("invalid_config", `the run was not judged by a policy ${policy.id}`);
  if (there.questionSha256 !== questionSha256(policy))
    throw new GuardError(
      "invalid_config",
      `${policy.id} asks the model something else now than when the run was judged: its categories, their texts or ` +
        "its template are different, so the model has to be asked again",
    );
  const { version, sha256, notice, categories } = policy;
  const changed: AuditedPolicy = {
    ...there,
    ...{ version, sha256, notice },
    categories: categories.map(({ code, name, rules }) => ({ code, name, rules })),
  };
  return policies.map((one) => (one === there ? changed : one));
}

/**
 * Refuses thresholds that the run cannot answer for: below what codes were decoded from, nobody knows what the model
 * would have named.
 * @throws GuardError `invalid_config`
 */
export function requireDecoded(policies: readonly AuditedPolicy[]): void {
  for (const { id, categories, decodedFrom } of policies)
    for (const { code, rules } of categories)
      for (const role of ["user", "assistant"] as const)
        if (rules[role].threshold < decodedFrom[role])
          throw new GuardError(
            "invalid_config",
            `${id}/${role}:${code}=${String(rules[role].threshold)} is below ${String(decodedFrom[role])}, from where ` +
              "the run asked for categories: run the audit again with --scores listed, which asks always",
          );
}
