import { GuardError } from "./errors.js";
import { followSignal } from "./follow-signal.js";

/**
 * A signal that aborts when `parent` does or after `timeoutMs`, whichever is first. Dispose it when the work
 * is done: it then lets go of parent and clock.
 */
export function withDeadline(
  parent: AbortSignal | undefined,
  timeoutMs: number,
): { signal: AbortSignal } & Disposable {
  const own = followSignal(parent);
  const late = (): void =>
    own.controller.abort(new GuardError("deadline_exceeded", `no answer within ${String(timeoutMs)} ms`));
  const timer = setTimeout(late, timeoutMs);
  return {
    signal: own.controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      own[Symbol.dispose]();
    },
  };
}
