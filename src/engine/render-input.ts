import { GuardError } from "../base/index.js";
import type { ChatMessage, GenerationRequest } from "../generation/index.js";
import type { PromptSpan } from "../model/index.js";
import { renderLlama3Chat, type ChatMessage as Llama3Message } from "../prompt/index.js";

/**
 * The prompt of a chat, or of a text to go on with. What people wrote stays text in either.
 * @throws GuardError `invalid_request` for messages of tools, of which Llama 3's format knows nothing
 */
export const renderInput = (input: GenerationRequest["input"]): PromptSpan[] =>
  input.kind === "chat"
    ? renderLlama3Chat(input.messages.map(withoutTools))
    : [{ control: "<|begin_of_text|>" }, { text: input.prompt }];

function withoutTools({ role, content, toolCalls = [] }: ChatMessage, index: number): Llama3Message {
  if (role === "tool" || toolCalls.length > 0)
    throw new GuardError("invalid_request", "this model knows no tools; leave their messages out", {
      pointer: `/messages/${String(index)}`,
    });
  return { role, content };
}
