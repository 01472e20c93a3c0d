export { createGuard, type GuardDeps } from "./create-guard.js";
export { applyRules, lowestThreshold, type Ruling } from "./decide.js";
export type { NamedAt } from "./named-at.js";
export { readAhead } from "./read-ahead.js";
export type {
  CategoryJudgement,
  CategoryScoring,
  Examination,
  Examiner,
  Guard,
  Judgement,
  JudgementFlag,
  JudgementTimings,
  JudgementUsage,
  ModerationRequest,
} from "./guard.js";
