import { GuardError } from "../base/index.js";
import { DEFAULT_CHAT_RULES, type ChatRules } from "./chat-rules.js";
import { findJsonFaults } from "./json-syntax.js";
import type { JudgedRole, Policy, PolicyCategory } from "./policy.js";
import type { PolicyFault } from "./policy-fault.js";
import { baseOf, overlayOrFaults, type FindPolicy } from "./policy-overlay.js";
import { readPolicyFile, type CategoryFile, type PolicyFile } from "./policy-file.js";
import { sealPolicy } from "./seal-policy.js";
import { findSemanticFaults } from "./semantic-faults.js";

/** What holds where neither category nor policy says otherwise: the model card decides at 0.5. */
const DEFAULT_RULE = { threshold: 0.5, action: "block" } as const;

/** For whoever reads one policy alone, and no overlays. */
const nowhere: FindPolicy = () => undefined;

/** @returns the policy, or every fault found before it made no sense to look further */
export function policyOrFaults(source: unknown, find: FindPolicy = nowhere): Policy | readonly PolicyFault[] {
  if (typeof source === "string") {
    const syntax = findJsonFaults(source);
    if (syntax.length > 0) return syntax;
  }
  const json: unknown = typeof source === "string" ? JSON.parse(source) : source;
  if (baseOf(json) !== null) return overlayOrFaults(json, find);
  const file = readPolicyFile(json);
  if (isFaults(file)) return file;
  const faults = findSemanticFaults(file);
  return faults.length > 0 ? faults : resolve(file);
}

export const isFaults = (value: object): value is readonly PolicyFault[] => Array.isArray(value);

/**
 * Every fault of a policy; none means {@link parsePolicy} takes it. Faults of one kind hide those of the next:
 * first JSON, then the schema, then the meaning.
 * @param source the text of a policy file, or what its JSON holds
 * @param find the policies that an overlay may extend; without it none
 */
export function checkPolicy(source: unknown, find?: FindPolicy): readonly PolicyFault[] {
  const policy = policyOrFaults(source, find);
  return isFaults(policy) ? policy : [];
}

/**
 * @param source the text of a policy file, or what its JSON holds
 * @param find the policies that an overlay may extend; without it none
 * @returns the policy, deeply frozen, with defaults resolved and its hash
 * @throws GuardError `invalid_policy` naming every fault; `pointer` is that of the first
 */
export function parsePolicy(source: unknown, find?: FindPolicy): Policy {
  const policy = policyOrFaults(source, find);
  if (!isFaults(policy)) return policy;
  throw new GuardError("invalid_policy", describeFaults(policy), { pointer: policy[0]?.pointer ?? "" });
}

/** One line for each fault. */
export const describeFaults = (faults: readonly PolicyFault[]): string =>
  faults.map(({ pointer, message }) => `${pointer === "" ? "the policy" : pointer} ${message}`).join("\n");

function resolve(file: PolicyFile): Policy {
  const { id, version, title, template, notice = null, defaults, categories } = file;
  return sealPolicy({
    id,
    version,
    title,
    template,
    notice,
    categories: categories.map((category) => resolveCategory(category, defaults)),
    ...resolveChatRules(file),
  });
}

function resolveChatRules({ refusal, modes, unjudgeable }: PolicyFile): ChatRules {
  const otherwise = DEFAULT_CHAT_RULES;
  return {
    refusal: {
      default: refusal?.default ?? otherwise.refusal.default,
      locales: { ...refusal?.locales },
    },
    modes: { ...otherwise.modes, ...modes },
    unjudgeable: unjudgeable ?? otherwise.unjudgeable,
  };
}

function resolveCategory(category: CategoryFile, defaults: PolicyFile["defaults"]): PolicyCategory {
  const { code, name, promptName = `${name}. `, text = null, roles, openai = [] } = category;
  const ruleFor = (role: JudgedRole): PolicyCategory["rules"][JudgedRole] => {
    const layers = [roles?.[role], category, defaults, DEFAULT_RULE];
    return {
      threshold: layers.find((one) => one?.threshold !== undefined)?.threshold ?? DEFAULT_RULE.threshold,
      action: layers.find((one) => one?.action !== undefined)?.action ?? DEFAULT_RULE.action,
    };
  };
  const rules = { user: ruleFor("user"), assistant: ruleFor("assistant") };
  return { code, name, promptName, text, rules, openaiNames: [...openai] };
}
