import type { Clock, LineOptions, ServerName } from "../line/index.js";
import type { TextThread } from "./open-text-thread.js";

export interface RemoteGuardOptions extends LineOptions {
  readonly server: ServerName;
  /** As the server lists it. Callers see this name. */
  readonly model: string;
  /** Absolute path of the `tokenizer.json` that came with the model's weights. */
  readonly tokenizerPath: string;
  /** `scores` wants probabilities by token id; `plain` takes the bare word of a server that tells none. */
  readonly verdicts: "scores" | "plain";
  /** Tokens of the context; null asks the server. */
  readonly contextTokens: number | null;
  /** Prompt template the model was trained with. */
  readonly template: string;
  /** What callers should know of the model. */
  readonly notice: string;
  /** Most tokens that may wait; a request beyond is refused as `overloaded`. */
  readonly waitingTokens: number;
  /** Further attempts after a fault that may pass. A prompt may be asked again: an answer changes nothing. */
  readonly retries: number;
  /** How long closing waits for requests under way. */
  readonly drainMs: number;
  readonly clock?: Clock;
  /** Starts what tokenises; by default a thread of its own. */
  readonly openText?: (tokenizerPath: string) => Promise<TextThread>;
  /** Called when the server goes away or comes back; for the log. */
  readonly onEvent?: (event: RemoteGuardEvent) => void;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

export type RemoteGuardEvent =
  { readonly type: "lost"; readonly reason: string } | { readonly type: "found"; readonly awayMs: number };
