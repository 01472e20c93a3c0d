export type {
  ChatEvent,
  ChatGate,
  ChatGateOptions,
  ChatRequest,
  GateMode,
  GateStage,
  StageVerdict,
} from "./chat-gate.js";
export { createChatGate, type ChatGateDeps } from "./create-chat-gate.js";
