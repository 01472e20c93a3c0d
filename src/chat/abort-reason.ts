import { GuardError } from "../base/index.js";

/** A deadline says what it is; anything else a signal may carry means that nobody reads any more. */
export const abortReason = (signal: AbortSignal): GuardError =>
  signal.reason instanceof GuardError
    ? signal.reason
    : new GuardError("canceled", "the reader left", { cause: signal.reason });
