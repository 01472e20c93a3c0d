import { GuardError } from "./errors.js";

/**
 * A signal that aborts when `parent` does or after `timeoutMs`, whichever is first. Dispose it when the work
 * is done: unlike `AbortSignal.any`, nothing then stays attached to a long-lived parent.
 */
export function withDeadline(
  parent: AbortSignal | undefined,
  timeoutMs: number,
): { signal: AbortSignal } & Disposable {
  const own = new AbortController();
  const relay = (): void => own.abort(parent?.reason);
  const late = (): void =>
    own.abort(new GuardError("deadline_exceeded", `no answer within ${String(timeoutMs)} ms`));
  const timer = setTimeout(late, timeoutMs);
  if (parent?.aborted === true) relay();
  else parent?.addEventListener("abort", relay, { once: true });
  return {
    signal: own.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent?.removeEventListener("abort", relay);
    },
  };
}
