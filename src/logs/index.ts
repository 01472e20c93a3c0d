export { parseColumnMap, type ColumnMap } from "./column-map.js";
export { describeInputs, type LogInput } from "./describe-inputs.js";
export { LOG_LIMITS } from "./limits.js";
export {
  LOG_FAULT_CODES,
  LOG_FORMATS,
  type LogEntry,
  type LogFault,
  type LogFaultCode,
  type LogFormat,
  type LoggedConversation,
  type LoggedTurn,
} from "./log-entry.js";
export { LOG_DEFAULTS, type LogOptions, type S3Access } from "./log-options.js";
export { readLogs } from "./read-logs.js";
