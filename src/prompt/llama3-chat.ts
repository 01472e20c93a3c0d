import type { PromptSpan } from "../model/index.js";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

const header = (role: ChatMessage["role"]): PromptSpan[] => [
  { control: "<|start_header_id|>" },
  { text: role },
  { control: "<|end_header_id|>" },
];

/**
 * The chat format of Llama 3 Instruct, up to where the assistant's next message begins. Contents go in letter
 * for letter; Meta's reference code trims them first, which callers may do.
 * @see meta-llama/llama3, llama/tokenizer.py, ChatFormat
 */
export const renderLlama3Chat = (messages: readonly ChatMessage[]): PromptSpan[] => [
  { control: "<|begin_of_text|>" },
  ...messages.flatMap(({ role, content }): PromptSpan[] => [
    ...header(role),
    { text: `\n\n${content}` },
    { control: "<|eot_id|>" },
  ]),
  ...header("assistant"),
  { text: "\n\n" },
];
