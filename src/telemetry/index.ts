export { ATTRIBUTE, METRIC, SCOPE, type AttributeName, type TelemetryAttributes } from "./names.js";
export { observeEngine, type EngineGauges } from "./observe-engine.js";
export { observeEventLoop } from "./observe-event-loop.js";
export {
  recordChatCheck,
  recordDegraded,
  recordFailure,
  recordFirstText,
  recordModeration,
  recordRemembered,
  recordRequest,
  type ChatCheckRecord,
  type CheckOutcome,
  type ModerationRecord,
  type RequestRecord,
  type Stage,
} from "./record.js";
export { continueTrace, withSpan, type Annotate } from "./span.js";
