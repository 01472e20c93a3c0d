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
export { openEngine, type EmbeddedEngine, type EngineGauges } from "./open-engine.js";
export type { StepReport } from "./protocol.js";
