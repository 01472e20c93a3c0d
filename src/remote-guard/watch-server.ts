import type { GuardError } from "../base/index.js";
import { backOffMs, type EngineState } from "../engine/index.js";
import type { RemoteGuardEvent } from "./remote-guard-options.js";

/** Knows whether the server is there. Once it is lost it is looked for until it is found. */
export interface ServerWatch {
  readonly state: EngineState;
  /** Until the next look, at most; 0 where the server is there. */
  readonly retryAfterMs: number;
  /** Times the server was lost. */
  readonly losses: number;
  /** A request failed in a way that only a server which is away explains. */
  lost(reason: GuardError): void;
  close(): void;
}

interface ServerWatchDeps {
  /** Rejects as long as the server is away. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  /** @throws the signal's reason */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: RemoteGuardEvent) => void;
}

export function createServerWatch({ look, sleep, onEvent }: ServerWatchDeps): ServerWatch {
  const closing = new AbortController();
  let away = false;
  let losses = 0;
  let retryAfterMs = 0;

  async function find(): Promise<void> {
    const sinceMs = performance.now();
    for (let failures = 1; ; failures++) {
      try {
        await look(closing.signal);
        break;
      } catch {
        if (closing.signal.aborted) return;
        retryAfterMs = backOffMs(failures);
        await sleep(retryAfterMs, closing.signal);
      }
    }
    away = false;
    retryAfterMs = 0;
    onEvent({ type: "found", awayMs: performance.now() - sinceMs });
  }

  return {
    get state() {
      if (closing.signal.aborted) return "closed";
      return away ? "restarting" : "ready";
    },
    get retryAfterMs() {
      return retryAfterMs;
    },
    get losses() {
      return losses;
    },
    lost(reason) {
      if (away || closing.signal.aborted) return;
      away = true;
      losses++;
      onEvent({ type: "lost", reason: reason.message });
      find().catch(() => undefined); // a sleep that closing ends
    },
    close: () => closing.abort(),
  };
}
