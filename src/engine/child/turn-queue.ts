import { setImmediate as turnOfLoop } from "node:timers/promises";

/** Work that blocks the process, done in order of arrival: a slice of it in each turn of the event loop. */
export interface TurnQueue {
  /** @param work must not throw */
  add(id: number, work: () => void): void;
  /** Leaves the work undone unless it was begun. */
  cancel(id: number): void;
}

/** A slice begins nothing more after this: short texts are read together, long ones alone. */
const SLICE_MS = 10;

/**
 * Between two slices messages arrive, so that what was cancelled is never begun, and steps are run.
 * @param clock milliseconds, monotonic
 */
export function createTurnQueue(clock: () => number = () => performance.now()): TurnQueue {
  const waiting = new Map<number, () => void>(); // oldest first
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.size > 0) {
      await turnOfLoop();
      const startedMs = clock();
      for (const [id, work] of waiting) {
        waiting.delete(id);
        work();
        if (clock() - startedMs >= SLICE_MS) break;
      }
    }
    running = false;
  }

  return {
    add(id, work) {
      waiting.set(id, work);
      if (!running) void run();
    },
    cancel(id) {
      waiting.delete(id);
    },
  };
}
