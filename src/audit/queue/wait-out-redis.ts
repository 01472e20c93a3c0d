import { setTimeout as sleepMs } from "node:timers/promises";
import { GuardError } from "../../base/index.js";
import { isLineTrouble, lineFault, troubleWord, type RedisLine } from "./redis-line.js";

export interface RedisPatience {
  /**
   * Does the work, again and again while Redis is away: it must not matter how often it is done.
   * @throws GuardError `engine_unavailable` when Redis stays away, what the signal says
   */
  <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export type LineEvent =
  { readonly type: "lost"; readonly reason: string } | { readonly type: "back"; readonly awayMs: number };

const PAUSE_MS = 250;
/** A call that says nothing for so long is given up: the library waits for its line without an end. */
const SILENCE_MS = 15_000;

/** Waits out a Redis that restarts. All who wait have one clock: it runs from the last thing that went well. */
export function createRedisPatience(
  { redis, shown }: Pick<RedisLine, "redis" | "shown">,
  patienceMs: number,
  onEvent: (event: LineEvent) => void,
): RedisPatience {
  let lostSinceMs: number | null = null;
  return async (work, signal) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        if (redis.status !== "ready" && lostSinceMs !== null) throw new LineSilent();
        const result = await within(Math.min(SILENCE_MS, patienceMs), work());
        if (lostSinceMs !== null)
          onEvent({ type: "back", awayMs: Math.round(performance.now() - lostSinceMs) });
        lostSinceMs = null;
        return result;
      } catch (error) {
        if (!isLineTrouble(error)) throw lineFault(error, shown);
        if (lostSinceMs === null) onEvent({ type: "lost", reason: troubleWord(error) });
        lostSinceMs ??= performance.now();
        if (performance.now() - lostSinceMs > patienceMs)
          throw new GuardError(
            "engine_unavailable",
            `Redis at ${shown} stays away; what is judged is kept, and the same command goes on from there`,
            { cause: error },
          );
      }
      await sleepMs(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };
}

class LineSilent extends Error {
  override readonly name = "LineSilent";
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LineSilent()), limitMs);
  });
  try {
    return await Promise.race([work, silent]);
  } finally {
    clearTimeout(timer);
  }
}
