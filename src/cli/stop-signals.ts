import { constants } from "node:os";
import { GuardError } from "../base/index.js";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** npm and terminals hand one Ctrl-C to several processes, which pass it on: signals this close are one. */
const SAME_SIGNAL_MS = 500;

export interface StopSignals extends Disposable {
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly asked: AbortSignal;
}

/**
 * The first signal asks to stop in good order. A second one, for people who do not want to wait, ends the
 * process at once with the usual code; the engine's process notices and goes as well.
 */
export function watchStopSignals(): StopSignals {
  const stop = new AbortController();
  let firstMs: number | undefined;
  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(128 + constants.signals[signal]);
    stop.abort(new GuardError("canceled", "stopped by a signal"));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    asked: stop.signal,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
