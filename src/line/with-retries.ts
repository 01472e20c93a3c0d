import { setTimeout as sleep } from "node:timers/promises";
import { GuardError } from "../base/index.js";
import type { Clock } from "./line-options.js";

const FIRST_PAUSE_MS = 500;
/** A server that asks for more is not waited for: its wish goes on to the caller, who may have another. */
const LONGEST_PAUSE_MS = 8_000;

export const REAL_CLOCK: Clock = {
  async sleep(ms, signal) {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  },
  random: Math.random,
};

/**
 * Does `attempt` again after faults that may pass, which are those that carry `retryAfterMs`. Pauses double, are
 * never shorter than the server asks, and are drawn out at random by up to a half, so that those who failed
 * together do not come back together.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  {
    retries,
    clock,
    signal,
  }: { readonly retries: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const askedMs = error instanceof GuardError ? error.retryAfterMs : undefined;
      if (askedMs === undefined || askedMs > LONGEST_PAUSE_MS || failures > retries || signal.aborted)
        throw error;
      const ownMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
      await clock.sleep(Math.max(askedMs, ownMs) * (1 + clock.random() / 2), signal);
    }
  }
}
