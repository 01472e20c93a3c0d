import { setTimeout as sleep } from "node:timers/promises";
import { GuardError } from "../base/index.js";

/** A longer wait than this is for a person to decide on. */
const MAX_WAIT_MS = 300_000;
/** An attempt that brought so much was worth it: the count of failures starts anew. */
const WORTH_BYTES = 8 * 1024 * 1024;

export interface PersistOptions {
  readonly pausesMs: readonly number[];
  readonly signal: AbortSignal;
  /** How far the work has come. */
  readonly bytesDone?: () => number;
}

/**
 * Tries again, after growing pauses, while attempts fail with an error that says when trying again makes
 * sense (`retryAfterMs`); the last failure is thrown.
 */
export async function persist<T>(
  { pausesMs, signal, bytesDone = () => 0 }: PersistOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  let failures = 0;
  let bytesBefore = bytesDone();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof GuardError) || error.retryAfterMs === undefined) throw error;
      if (bytesDone() - bytesBefore >= WORTH_BYTES) failures = 0;
      bytesBefore = bytesDone();
      const pauseMs = pausesMs[failures++];
      if (pauseMs === undefined || error.retryAfterMs > MAX_WAIT_MS) throw error;
      await sleep(Math.max(pauseMs, error.retryAfterMs), undefined, { signal });
    }
  }
}
