import { setMaxListeners } from "node:events";
import type { GuardError } from "../base/index.js";
import { abortReason, throwIfAborted } from "./abort-reason.js";
import type { CallOptions } from "./engine.js";

/** Calls that wait for an answer from the other process. */
export interface OpenCalls {
  /**
   * Opens a call under an id of its own; `begin` sends it. It settles by the answer, or by the signal, and then
   * `abandon` says so to the other side.
   */
  open<T>(begin: (id: number) => void, abandon: (id: number) => void, options: OpenCallOptions): Promise<T>;
  /** Passes on what is said before the answer. */
  tell(id: number, news: unknown): void;
  resolve(id: number, value: unknown): void;
  reject(id: number, error: GuardError): void;
  /** Fails every open call. */
  rejectAll(error: () => GuardError): void;
  /** Resolves when none is open, or after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>;
  readonly count: number;
}

export interface OpenCallOptions extends CallOptions {
  /** Hears what is said before the answer. */
  readonly onNews?: ((news: never) => void) | undefined;
}

interface Call {
  readonly onNews: OpenCallOptions["onNews"];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createOpenCalls(): OpenCalls {
  const calls = new Map<number, Call>();
  let nextId = 1;
  let onEmpty: (() => void) | undefined;

  function take(id: number): Call | undefined {
    const call = calls.get(id); // absent when its caller gave up: the answer came too late
    calls.delete(id);
    if (calls.size === 0) onEmpty?.();
    return call;
  }

  return {
    async open<T>(
      begin: (id: number) => void,
      abandon: (id: number) => void,
      { signal, onNews }: OpenCallOptions,
    ): Promise<T> {
      throwIfAborted(signal);
      const id = nextId++;
      const giveUp = (): void => {
        take(id)?.reject(abortReason(signal));
        abandon(id);
      };
      if (signal !== undefined) setMaxListeners(0, signal); // one request may ask a dozen things under one signal
      signal?.addEventListener("abort", giveUp, { once: true });
      try {
        return await new Promise<T>((resolve, reject) => {
          begin(id);
          calls.set(id, { onNews, resolve: resolve as (value: unknown) => void, reject });
        });
      } finally {
        signal?.removeEventListener("abort", giveUp);
      }
    },

    tell: (id, news) => calls.get(id)?.onNews?.(news as never),
    resolve: (id, value) => take(id)?.resolve(value),
    reject: (id, error) => take(id)?.reject(error),
    rejectAll(error) {
      for (const id of [...calls.keys()]) take(id)?.reject(error());
    },

    async drained(timeoutMs) {
      if (calls.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        onEmpty = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
    },

    get count() {
      return calls.size;
    },
  };
}
