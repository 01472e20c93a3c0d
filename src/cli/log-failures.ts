import type { Failure, ProblemCode } from "../http/index.js";
import { errorFields } from "./error-fields.js";
import type { Log, LogLevel } from "./log.js";

/** Runs `task` once, `ms` later, without keeping the process alive for it. */
export type Later = (ms: number, task: () => void) => void;

const QUIET_MS = 1_000;

/** What passes by waiting is a warning: callers are told to come again, and need nobody to act. */
const PASSING: ReadonlySet<ProblemCode> = new Set(["overloaded", "engine_unavailable"]);

const withTimeout: Later = (ms, task) => void setTimeout(task, ms).unref();

/**
 * Logs failed requests, of one code at most one line a second: an engine that restarts fails every request
 * there is at once. Those left out are counted in a line of their own when the second is over.
 */
export function createFailureLog(log: Log, later: Later = withTimeout): (failure: Failure) => void {
  const leftOut = new Map<ProblemCode, number>();
  const levelOf = (code: ProblemCode): LogLevel => (PASSING.has(code) ? "warn" : "error");

  function beQuiet(code: ProblemCode): void {
    leftOut.set(code, 0);
    later(QUIET_MS, () => {
      const count = leftOut.get(code) ?? 0;
      leftOut.delete(code);
      if (count === 0) return;
      log(levelOf(code), "more requests failed", { error: code, count });
      beQuiet(code);
    });
  }

  return ({ requestId, code, status, error }) => {
    const count = leftOut.get(code);
    if (count !== undefined) return void leftOut.set(code, count + 1);
    log(levelOf(code), "request failed", { requestId, status, ...errorFields(error) });
    beQuiet(code);
  };
}
