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
