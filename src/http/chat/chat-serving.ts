import type { ChatGate, ChatGateOptions } from "../../chat/index.js";
import type { Generator } from "../../generation/index.js";

/** Guarded generation. */
export interface ChatServing {
  readonly gate: ChatGate;
  readonly generator: Pick<Generator, "info">;
  /** What the operator decided for all policies. Modes, refusals and what cannot be judged are the policy's. */
  readonly options: Pick<ChatGateOptions, "before" | "stream" | "failOpen" | "checkDeadlineMs">;
  readonly limits: ChatLimits;
}

export interface ChatLimits {
  /** From a complete request to the end of its answer. */
  readonly deadlineMs: number;
  /** After so long a silence a stream sends a comment, which begins it if nothing has yet. */
  readonly keepAliveMs: number;
  /** A reader who takes nothing for so long, or twice that at most, is cut off. */
  readonly stallMs: number;
}

export const DEFAULT_CHAT_LIMITS: ChatLimits = Object.freeze({
  deadlineMs: 300_000, // a thousand tokens at four a second; OpenAI's clients wait 600 s
  keepAliveMs: 15_000, // proxies give up on a silent connection after 30 s and more
  stallMs: 30_000, // twice the keep-alive: who reads at all has taken a comment by then
});
