export type { CategoryRule, JudgedRole, Policy, PolicyAction, PolicyCategory } from "./policy.js";
export type { PolicyRegistry } from "./registry.js";
