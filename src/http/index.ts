export { createApp } from "./app.js";
export { DEFAULT_CHAT_LIMITS, type ChatLimits, type ChatServing } from "./chat/chat-serving.js";
export { createWaitingRoom } from "./create-waiting-room.js";
export { listen, type HttpServer, type ListenOptions } from "./listen.js";
export { DEFAULT_HTTP_LIMITS, type HttpLimits, type HttpOptions } from "./options.js";
export type { Failure, ProblemCode } from "./problem.js";
