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
export { openEngine, type EmbeddedEngine } from "./open-engine.js";
export { openGeneratorEngine, type EmbeddedGenerator } from "./open-generator-engine.js";
export type { StepReport } from "./protocol.js";
