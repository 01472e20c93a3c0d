export { createAdmission, estimateTokens } from "./admission.js";
export { buildAnswerGrammar, type AnswerGrammar } from "./answer-grammar.js";
export { backOffMs } from "./back-off.js";
export { createTurnQueue } from "./child/turn-queue.js";
export { createCodeDecoder } from "./code-decoder.js";
export type {
  AnswerForm,
  CallOptions,
  Engine,
  EngineInfo,
  EngineState,
  ScoredCode,
  ScoreRequest,
  ScoreResult,
  ScoreTimings,
  ScoreUsage,
  SplitRequest,
} from "./engine.js";
export { ENGINE_DEFAULTS, type EngineEvent, type EngineOptions } from "./engine-options.js";
export type { EngineGauges } from "./engine-process.js";
export { createOpenCalls } from "./open-calls.js";
export { openEngine, type EmbeddedEngine } from "./open-engine.js";
export { openGeneratorEngine, type EmbeddedGenerator } from "./open-generator-engine.js";
export { fromWire, toWire, type GuardAsk, type StepReport, type WireError } from "./protocol.js";
