export { judgedMessage, type Conversation, type Message } from "./conversation.js";
export { hasDelimiterSpoof, neutralizeDelimiters } from "./delimiters.js";
export { renderGuardPrompt } from "./guard-prompt.js";
export { joinNeighbours } from "./join-neighbours.js";
export { renderLlama3Chat, type ChatMessage } from "./llama3-chat.js";
export {
  parsePromptTemplate,
  readPromptTemplates,
  type PromptTemplate,
  type PromptTemplates,
} from "./prompt-template.js";
export { templatePieces } from "./template-pieces.js";
