export { createApp } from "./app.js";
export { createWaitingRoom } from "./create-waiting-room.js";
export { listen, type HttpServer, type ListenOptions } from "./listen.js";
export {
  DEFAULT_HTTP_LIMITS,
  type ChatLimits,
  type ChatServing,
  type HttpLimits,
  type HttpOptions,
} from "./options.js";
export type { Failure, ProblemCode } from "./problem.js";
