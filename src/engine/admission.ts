import { GuardError } from "../base/index.js";
import type { Ask } from "./protocol.js";

/** Bounds the queue by what it costs, before any work is spent. */
export interface Admission {
  /** @throws GuardError `overloaded` with a hint when to come back */
  enter(tokens: number): void;
  /** @param computed whether the tokens went through the model, which tells how fast it is */
  leave(tokens: number, computed: boolean): void;
  readonly waitingTokens: number;
}

/** English has about four bytes a token, code and other languages fewer: rather too many tokens than too few. */
const BYTES_PER_TOKEN = 3;
/** Template around the conversation, and the answer. */
const TOKENS_AROUND = 64;
/**
 * Tokens counted or split in the time in which one is computed: on a 2-core machine random CJK was split at
 * 250,000 tokens a second while the starter guard computed 15,000; larger models are slower.
 */
const READ_PER_COMPUTED_TOKEN = 16;
/** Weight of the past after this much work was seen; a few seconds of it on a small machine. */
const RATE_HALF_LIFE_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** What an ask will probably cost, in tokens computed. */
export function estimateTokens(ask: Ask): number {
  switch (ask.kind) {
    case "score": {
      // Only text that is its own: a shared head is computed once for all.
      const own = ask.request.prompt.flatMap((span) =>
        "text" in span && span.shared !== true ? [span.text] : [],
      );
      return tokensOf(own) + TOKENS_AROUND;
    }
    case "count":
      return Math.ceil(tokensOf(ask.texts) / READ_PER_COMPUTED_TOKEN);
    case "split":
      return Math.ceil(tokensOf([ask.request.text]) / READ_PER_COMPUTED_TOKEN);
    case "generate": {
      const { prompt, choices, sampling } = ask.request;
      const texts = prompt.flatMap((span) => ("text" in span ? [span.text] : []));
      return tokensOf(texts) + TOKENS_AROUND + choices * sampling.maxTokens;
    }
  }
}

const tokensOf = (texts: readonly string[]): number =>
  Math.ceil(texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) / BYTES_PER_TOKEN);

/** @param now monotonic, ms */
export function createAdmission(limitTokens: number, now: () => number = () => performance.now()): Admission {
  let waitingTokens = 0;
  let busySinceMs = 0;
  // Tokens and time of the recent past; older work fades.
  let doneTokens = 0;
  let busyMs = 0;

  return {
    enter(tokens) {
      // Whoever comes to an empty queue is let in: what is too long for any queue is not a matter of load.
      if (waitingTokens > 0 && waitingTokens + tokens > limitTokens) {
        const excess = waitingTokens + tokens - limitTokens;
        const needMs = doneTokens === 0 ? FIRST_RETRY_MS : (excess / doneTokens) * busyMs;
        throw new GuardError("overloaded", `${String(waitingTokens)} tokens are already waiting`, {
          retryAfterMs: Math.ceil(Math.min(Math.max(needMs, FIRST_RETRY_MS / 10), LONGEST_RETRY_MS)),
        });
      }
      if (waitingTokens === 0) busySinceMs = now();
      waitingTokens += tokens;
    },

    leave(tokens, computed) {
      waitingTokens -= tokens;
      const sinceMs = now() - busySinceMs;
      busySinceMs = now();
      if (!computed) return;
      const fade = 0.5 ** (sinceMs / RATE_HALF_LIFE_MS);
      doneTokens = doneTokens * fade + tokens;
      busyMs = busyMs * fade + sinceMs;
    },

    get waitingTokens() {
      return waitingTokens;
    },
  };
}
