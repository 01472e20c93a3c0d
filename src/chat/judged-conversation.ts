import { GuardError } from "../base/index.js";
import type { ChatMessage, GenerationRequest, ToolCall } from "../generation/index.js";
import { joinNeighbours, type Conversation, type Message } from "../prompt/index.js";

/** A prompt as the guard reads it. */
export interface JudgedPrompt {
  readonly conversation: Conversation;
  /** Whether there were instructions of a system: the guard knows users and agents only. */
  readonly systemLeftOut: boolean;
}

/**
 * What a tool answers came from outside, like a user's words, and is judged as such, without any label: a label
 * would be a text that users can write too. Neighbours on one side become one message, because a guard judges
 * the last message alone: everything that arrived since the last answer is judged, not just the end of it.
 *
 * @throws GuardError `invalid_request` when nothing a user or a tool said stands last
 */
export function judgedPrompt(input: GenerationRequest["input"]): JudgedPrompt {
  if (input.kind === "text")
    return { conversation: [{ role: "user", content: input.prompt }], systemLeftOut: false };
  const { messages } = input;
  const heard = messages.filter(({ role }) => role !== "system").map(asJudged);
  const [first, ...rest] = joinNeighbours(heard);
  if (first === undefined || heard.at(-1)?.role !== "user")
    throw new GuardError("invalid_request", "the last message must be a user's or a tool's", {
      pointer: `/messages/${String(Math.max(0, messages.length - 1))}/role`,
    });
  return { conversation: [first, ...rest], systemLeftOut: heard.length < messages.length };
}

/** The prompt and an answer to it, or the beginning of one: the answer is judged. */
export const withAnswer = ({ conversation }: JudgedPrompt, answer: string): Conversation => [
  ...conversation,
  { role: "assistant", content: answer },
];

/**
 * An answer as the guard reads it: its text, then each call on lines of its own. Escapes are undone, so that
 * nobody hides words from the guard in `\u0068`; an escape that is none by the letter is undone as well.
 */
export const judgedText = (text: string, calls: readonly Omit<ToolCall, "id">[]): string =>
  [text, ...calls.map((call) => `${call.name} ${unescaped(call.arguments)}`)]
    .filter((part) => part !== "")
    .join("\n");

const unescaped = (json: string): string =>
  json.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const asJudged = ({ role, content, toolCalls = [] }: ChatMessage): Message =>
  role === "assistant" ? { role, content: judgedText(content, toolCalls) } : { role: "user", content };
