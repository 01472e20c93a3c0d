import type { Clock, LineOptions, ServerName } from "../line/index.js";
import type { SpecialTokens } from "./control-tokens.js";

export interface UpstreamOptions extends LineOptions {
  readonly preset: ServerName;
  /** As the server lists it. Callers see this name. */
  readonly model: string;
  /** `chat` leaves the chat format to the server; `completions` goes on from a text. */
  readonly kind: "chat" | "completions";
  /** Longest time from a request to the end of its answer, attempts and pauses included. */
  readonly deadlineMs: number;
  /** Further attempts after a fault that may pass, as long as nothing was received. */
  readonly retries: number;
  /** What callers should know of the model. */
  readonly notice?: string | null;
  /** By default `refuse`. */
  readonly specialTokens?: SpecialTokens;
  /** How long closing waits for answers under way; 10 s by default, below the usual 30 s before a kill. */
  readonly drainMs?: number;
  readonly clock?: Clock;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}
