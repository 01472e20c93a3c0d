import { GuardError } from "../base/index.js";

/** A deadline says what it is; anything else a signal may carry means that nobody waits any more. */
export const abortReason = (signal: AbortSignal | undefined): GuardError =>
  signal?.reason instanceof GuardError
    ? signal.reason
    : new GuardError("canceled", "the caller gave up", { cause: signal?.reason });

/** @throws {@link abortReason} when `signal` has fired */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}
