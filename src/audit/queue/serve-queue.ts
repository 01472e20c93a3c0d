import { setTimeout as sleepMs } from "node:timers/promises";
import { packageVersion } from "../../base/index.js";
import type { Policy } from "../../policy/index.js";
import { readAnnouncements, type Announcement } from "./announcement.js";
import type { RefusalReason } from "./queue-event.js";
import { refusedKey, servedKey } from "./queue-keys.js";
import { openRedisLine } from "./redis-line.js";
import { serveRun, type ServedRun } from "./serve-run.js";
import { createRedisPatience } from "./wait-out-redis.js";
import type { QueueWorkerOptions } from "./worker-options.js";

const LOOK_MS = 1_000;
/** Signs of life stay so long without being repeated. */
const SIGN_MS = 10_000;
/** A run that is not announced for so long is over; a Redis that lost its memory hears of it again before. */
const OVER_AFTER_MS = 20_000;

/**
 * Judges for every run that is announced and wants just this model and these policies, until it is told to stop. Runs
 * that want others are left to others.
 *
 * @throws GuardError `engine_unavailable` where no Redis answers at the start, or when the engine stays away: what was
 * at work is in line again
 */
export async function serveQueue(options: QueueWorkerOptions): Promise<void> {
  const { address, onEvent, signal } = options;
  const line = await openRedisLine(address);
  const patiently = createRedisPatience(line, Infinity, onEvent); // who comes back finds its workers there
  const served = new Map<string, ServedRun>();
  const announcedMs = new Map<string, number>();
  const refused = new Set<string>();
  let broken: unknown = null;
  const stop = new AbortController();
  const onStop = (): void => stop.abort(signal.reason);
  if (signal.aborted) onStop();
  signal.addEventListener("abort", onStop, { once: true });
  const onBroken = (error: unknown): void => {
    broken ??= error;
    stop.abort(error);
  };

  const leaving = new Set<Promise<void>>();
  const leave = (digest: string): void => {
    const left = served.get(digest)!.close();
    served.delete(digest);
    leaving.add(left);
    void left.finally(() => leaving.delete(left));
    onEvent({ type: "leaves", run: digest });
  };

  async function look(): Promise<void> {
    const nowMs = performance.now();
    for (const run of await readAnnouncements(line.redis)) {
      const { digest } = run;
      announcedMs.set(digest, nowMs);
      const fit = fitOf(run, options);
      if ("reason" in fit) {
        await line.redis.set(refusedKey(digest, fit.reason), "1", "PX", SIGN_MS);
        const told = `${digest} ${fit.reason}`;
        if (!refused.has(told)) onEvent({ type: "refuses", run: digest, ...fit });
        refused.add(told);
        if (served.has(digest)) leave(digest);
        continue;
      }
      if (!served.has(digest)) {
        served.set(digest, await serveRun(line, run, fit.policies, { ...options, onBroken }));
        onEvent({ type: "serves", run: digest });
      }
      await line.redis.set(servedKey(digest), "1", "PX", SIGN_MS);
    }
    for (const [digest, sinceMs] of announcedMs)
      if (nowMs - sinceMs > OVER_AFTER_MS) {
        announcedMs.delete(digest);
        for (const told of refused) if (told.startsWith(digest)) refused.delete(told);
        if (served.has(digest)) leave(digest);
      }
  }

  try {
    while (!stop.signal.aborted) {
      await patiently(look, stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      await sleepMs(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener("abort", onStop);
    await Promise.all([...leaving, ...[...served.values()].map((run) => run.close())]);
    line.close();
  }
  if (broken !== null) throw broken;
}

type Fit =
  { readonly policies: readonly Policy[] } | { readonly reason: RefusalReason; readonly wanted: string };

function fitOf(run: Announcement, { model, policyOf }: QueueWorkerOptions): Fit {
  if (run.version !== packageVersion()) return { reason: "version", wanted: run.version };
  if (run.model.sha256 !== model.sha256) return { reason: "model", wanted: run.model.sha256 };
  const policies: Policy[] = [];
  for (const { id, sha256 } of run.policies) {
    const own = policyOf(id);
    if (own?.sha256 !== sha256) return { reason: "policy", wanted: `${id} ${sha256}` };
    policies.push(own);
  }
  return { policies };
}
