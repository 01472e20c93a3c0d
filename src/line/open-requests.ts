import { GuardError, followSignal } from "../base/index.js";

/** Requests under way, so that closing can wait for them and then end them. */
export interface OpenRequests {
  /**
   * A controller for one request, which follows `signal`; dispose it when the request is over.
   * @throws GuardError `engine_unavailable` once closing has begun
   */
  open(signal: AbortSignal | undefined): { controller: AbortController } & Disposable;
  /** Waits until none is left, at most `drainMs`, and ends the rest. Idempotent. */
  close(drainMs: number): Promise<void>;
}

export function createOpenRequests(): OpenRequests {
  const controllers = new Set<AbortController>();
  let closed: Promise<void> | undefined;
  let onEmpty = (): void => undefined;
  const gone = (): GuardError =>
    new GuardError("engine_unavailable", "the connection to the model is closing");

  /** Does not wait for what it ends: a reader that has gone away without a word never finishes. */
  const drain = (drainMs: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        controllers.forEach((controller) => controller.abort(gone()));
        resolve();
      };
      const timer = setTimeout(end, drainMs);
      onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      if (controllers.size === 0) onEmpty();
    });

  return {
    open(signal) {
      if (closed !== undefined) throw gone();
      const own = followSignal(signal);
      controllers.add(own.controller);
      return {
        controller: own.controller,
        [Symbol.dispose]() {
          own[Symbol.dispose]();
          controllers.delete(own.controller);
          if (controllers.size === 0) onEmpty();
        },
      };
    },
    close: (drainMs) => (closed ??= drain(drainMs)),
  };
}
