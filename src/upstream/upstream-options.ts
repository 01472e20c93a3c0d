import type { SpecialTokens } from "./control-tokens.js";
import type { PresetName } from "./presets.js";

export interface UpstreamOptions {
  readonly preset: PresetName;
  /** Address of the server, with or without the closing `/v1`. */
  readonly baseUrl: string;
  /** As the server lists it. Callers see this name. */
  readonly model: string;
  readonly apiKey: string | null;
  /** `chat` leaves the chat format to the server; `completions` goes on from a text. */
  readonly kind: "chat" | "completions";
  /** Longest time from a request to the end of its answer, attempts and pauses included. */
  readonly deadlineMs: number;
  /** Longest time to connect. */
  readonly connectTimeoutMs: number;
  /**
   * Longest time without a byte, the first one included. Comments count: they are sent by servers at work on a
   * long prompt or a long queue, and the deadline holds all the same. Time the reader takes does not count.
   */
  readonly silenceMs: number;
  /** Further attempts after a fault that may pass, as long as nothing was received. */
  readonly retries: number;
  /** What callers should know of the model. */
  readonly notice?: string | null;
  /** Sent along with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By default `refuse`. */
  readonly specialTokens?: SpecialTokens;
  /** How long closing waits for answers under way; 10 s by default, below the usual 30 s before a kill. */
  readonly drainMs?: number;
  readonly clock?: Clock;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

/** What pauses between attempts are made of. */
export interface Clock {
  /** @throws the signal's reason */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0..1 */
  readonly random: () => number;
}
