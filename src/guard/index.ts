export { createGuard, type GuardDeps } from "./create-guard.js";
export { readAhead } from "./read-ahead.js";
export { createRememberingGuard, type RememberingOptions } from "./remembering-guard.js";
export type {
  CategoryJudgement,
  CategoryScoring,
  Guard,
  Judgement,
  JudgementFlag,
  JudgementTimings,
  JudgementUsage,
  ModerationRequest,
} from "./guard.js";
