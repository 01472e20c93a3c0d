import type { ChatEvent } from "../../chat/index.js";
import type { FinishReason, TokenLogprob, ToolCall } from "../../generation/index.js";

/** One choice, whole. */
export interface WholeChoice {
  text: string;
  /** Null where nobody asked. */
  logprobs: TokenLogprob[] | null;
  readonly calls: ToolCall[];
  /** What is said in its place; null where it was not blocked. */
  refusal: string | null;
  reason: FinishReason;
}

/** How an endpoint words an answer. Objects are elements of `choices`. */
export interface Dialect {
  readonly idPrefix: string;
  /** Values of `object`. */
  readonly whole: string;
  readonly chunk: string;

  wholeChoice(choice: WholeChoice, index: number): object;

  /** What comes before anything else of a choice in a stream; null for nothing. */
  opening(index: number): object | null;
  text(event: Extract<ChatEvent, { type: "text" }>): object;
  toolCall(event: Extract<ChatEvent, { type: "toolCall" }>): object;
  refusal(event: Extract<ChatEvent, { type: "blocked" }>): object;
  finish(index: number, reason: FinishReason): object;
}
