export { exchange, type Answer } from "./exchange.js";
export { findModel } from "./find-model.js";
export { openLine, type Line } from "./line.js";
export type { Clock, LineOptions } from "./line-options.js";
export { createOpenRequests, type OpenRequests } from "./open-requests.js";
export { parseJson, readJson } from "./read-json.js";
export { faultInAnswer } from "./refusal.js";
export { SERVER_NAMES, SERVERS, type Server, type ServerName } from "./servers.js";
export { REAL_CLOCK, withRetries } from "./with-retries.js";
