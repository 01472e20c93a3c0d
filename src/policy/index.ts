export type { Calibration } from "./calibration.js";
export {
  DEFAULT_CHAT_RULES,
  type ChatRules,
  type GateMode,
  type GateStage,
  type Refusal,
} from "./chat-rules.js";
export { canonicalJson } from "./canonical-json.js";
export { openPolicyRegistry, type PolicyRegistryOptions } from "./open-policy-registry.js";
export { checkPolicy, parsePolicy } from "./parse-policy.js";
export type { CategoryRule, JudgedRole, Policy, PolicyAction, PolicyCategory } from "./policy.js";
export type { FindPolicy } from "./policy-overlay.js";
export type { PolicyFault } from "./policy-fault.js";
export { describeFileFaults, type PolicyFileFault } from "./policy-folder.js";
export type { PolicyRegistry } from "./registry.js";
export { PROMPT_TEMPLATE_NAMES, type PromptTemplateName } from "./template-name.js";
