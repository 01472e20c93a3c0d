export { judgedMessage, type Conversation, type Message } from "./conversation.js";
