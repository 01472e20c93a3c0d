import { setTimeout as sleepMs } from "node:timers/promises";
import type { Queue } from "bullmq";
import { GuardError } from "../../base/index.js";
import { announce, withdraw, type Announcement } from "./announcement.js";
import { KEEP_MS, keepForNow, refusedKey, servedKey, textKey } from "./queue-keys.js";
import { REFUSAL_REASONS, type CoordinatorEvent } from "./queue-event.js";
import type { RedisLine } from "./redis-line.js";

export interface LeaseOptions {
  readonly line: RedisLine;
  readonly queue: Queue;
  readonly announcement: Announcement;
  /** How long no worker may be there while something waits, ms. */
  readonly patienceMs: number;
  readonly ids: () => Iterable<string>;
  readonly isWaiting: () => boolean;
  readonly onEvent: (event: CoordinatorEvent) => void;
}

export interface Lease {
  /** Aborted when no worker was there for too long. */
  readonly over: AbortSignal;
  /** Says that the run is over, where Redis can be reached. */
  end(): Promise<void>;
}

const BEAT_MS = 5_000;
/** Workers look once a second and load a model before that. */
const SAY_AFTER_MS = 15_000;
const SAY_AGAIN_MS = 60_000;

/** Keeps saying that the run wants workers, keeps what it has in Redis from expiring, and sees whether anybody comes. */
export function holdLease(options: LeaseOptions): Lease {
  const { line, queue, announcement, patienceMs, ids, isWaiting, onEvent } = options;
  const { redis } = line;
  const { digest } = announcement;
  const over = new AbortController();
  const ended = new AbortController();
  const sayAfterMs = Math.min(SAY_AFTER_MS, patienceMs / 2);
  let servedMs = performance.now();
  let saidMs = -Infinity;

  async function beat(): Promise<void> {
    await announce(redis, announcement);
    const now = [...ids()];
    await keepForNow(redis, queue, now);
    for (const id of now) await redis.pexpire(textKey(digest, id), KEEP_MS);
    await queue.trimEvents(1); // answers go through it, too
    const [served, ...refused] = await redis.mget([
      servedKey(digest),
      ...REFUSAL_REASONS.map((reason) => refusedKey(digest, reason)),
    ]);
    const nowMs = performance.now();
    if (served !== null || !isWaiting()) [servedMs, saidMs] = [nowMs, -Infinity];
    const forMs = nowMs - servedMs;
    const refusals = REFUSAL_REASONS.filter((_, at) => refused[at] !== null);
    if (forMs > sayAfterMs && nowMs - saidMs > SAY_AGAIN_MS) {
      saidMs = nowMs;
      onEvent({ type: "unserved", forMs: Math.round(forMs), refusals });
    }
    if (forMs > patienceMs)
      over.abort(
        new GuardError(
          "engine_unavailable",
          `no worker took anything for ${String(Math.round(forMs / 1000))} s` +
            `${refusals.length > 0 ? ` (some have another ${refusals.join(", another ")})` : ""}: start ` +
            "`portcullis audit worker` with the same model and policies; the same command goes on from there",
        ),
      );
  }

  const beating = (async () => {
    while (!ended.signal.aborted) {
      if (redis.status === "ready") await beat().catch(() => undefined); // who waits for an answer notices
      await sleepMs(Math.min(BEAT_MS, patienceMs / 4), undefined, { signal: ended.signal }).catch(
        () => undefined,
      );
    }
  })();

  return {
    over: over.signal,
    async end() {
      ended.abort();
      if (redis.status !== "ready") return;
      await beating;
      await withdraw(redis, announcement);
    },
  };
}
