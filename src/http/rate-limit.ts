import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { GuardError } from "../base/index.js";
import type { ApiKey } from "../config/index.js";
import type { Handler, HttpResponse } from "./locals.js";

type Unit = "requests" | "tokens";

const WINDOW_SECONDS = 60;

/** Bytes of JSON per token of text, roughly, in English. Only the first guess: the verdict brings the truth. */
const BYTES_PER_TOKEN = 4;

/** Counts requests of each key; comes before the body is read. */
export function limitRequests(keys: readonly ApiKey[]): Handler {
  const limiters = limitersFor(keys, "requestsPerMinute");
  return async (_req, res, next) => {
    const key = res.locals.key;
    const limiter = key && limiters.get(key.id);
    if (key && limiter) await take(limiter, key, "requests", 1, res);
    next();
  };
}

/**
 * Counts tokens of each key; comes once the length of the body is known. What is refused costs nothing; what
 * fails later, or whose caller goes away, costs the estimate.
 */
export function limitTokens(keys: readonly ApiKey[]): Handler {
  const limiters = limitersFor(keys, "tokensPerMinute");
  return async (_req, res, next) => {
    const key = res.locals.key;
    const limiter = key && limiters.get(key.id);
    if (key && limiter) {
      const estimate = Math.ceil((res.locals.bodyBytes ?? 0) / BYTES_PER_TOKEN);
      if (estimate > limiter.points)
        throw new GuardError("too_large", `the key allows ${String(limiter.points)} tokens a minute in all`);
      await take(limiter, key, "tokens", estimate, res);
      res.locals.settleTokens = async (computedTokens) => {
        const counted = (await limiter.get(key.id))?.consumedPoints ?? 0; // less than the estimate in a new minute
        const owed = Math.max(computedTokens - estimate, -counted);
        tell(res, "tokens", limiter.points, await limiter.penalty(key.id, owed));
      };
    }
    next();
  };
}

function limitersFor(
  keys: readonly ApiKey[],
  rate: "requestsPerMinute" | "tokensPerMinute",
): ReadonlyMap<string, RateLimiterMemory> {
  return new Map(
    keys.flatMap((key) => {
      const points = key[rate];
      return points === undefined
        ? []
        : [[key.id, new RateLimiterMemory({ points, duration: WINDOW_SECONDS })] as const];
    }),
  );
}

async function take(limiter: RateLimiterMemory, key: ApiKey, unit: Unit, points: number, res: HttpResponse) {
  try {
    tell(res, unit, limiter.points, await limiter.consume(key.id, points));
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    tell(res, unit, limiter.points, await limiter.reward(key.id, points));
    throw new GuardError("rate_limited", `the ${unit} of this minute are used up`, {
      retryAfterMs: refusal.msBeforeNext,
    });
  }
}

/** Headers by OpenAI's names, so that its clients' tools can read them. */
function tell(res: HttpResponse, unit: Unit, limit: number, state: RateLimiterRes): void {
  if (res.headersSent) return; // a stream is settled at its end
  res.set({
    [`x-ratelimit-limit-${unit}`]: String(limit),
    [`x-ratelimit-remaining-${unit}`]: String(Math.max(0, limit - state.consumedPoints)),
    [`x-ratelimit-reset-${unit}`]: `${String(Math.ceil(state.msBeforeNext / 1000))}s`,
  });
}
