export type { ChatEvent, ChatGate, ChatGateOptions, ChatRequest, StageVerdict } from "./chat-gate.js";
export type { GateMode, GateStage } from "../policy/index.js";
export { createChatGate, type ChatGateDeps } from "./create-chat-gate.js";
