export { applyRules, type NamedAt, type Ruling } from "./apply-rules.js";
export type { Question } from "./ask.js";
export { calibrateScore, logit, sigmoid } from "./calibrate-score.js";
export { createGuard, type GuardDeps } from "./create-guard.js";
export { decide, lowestThreshold, type Decision, type Reading } from "./decide.js";
export { readAhead } from "./read-ahead.js";
export { createRememberingGuard, type RememberingOptions } from "./remembering-guard.js";
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
export {
  createReader,
  DEFENCES,
  type ConversationReadings,
  type Defences,
  type ReadConversation,
} from "./read-conversation.js";
