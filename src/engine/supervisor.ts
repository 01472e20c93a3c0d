import { GuardError } from "../base/index.js";
import { backOffMs } from "./back-off.js";
import type { ChildLink, ChildListener } from "./child-link.js";
import type { EngineEvent } from "./engine-options.js";
import type { EngineInfo, EngineState } from "./engine.js";
import { fromWire, type ChildOptions, type ToChild, type WorkMessage } from "./protocol.js";

/** Keeps one child alive: starts it, watches it, replaces it. */
export interface Supervisor {
  readonly state: EngineState;
  readonly restarts: number;
  /** When a caller may try again while no child is ready, ms. */
  readonly retryAfterMs: number;
  /**
   * Resolves when the first child has answered its first prompt.
   * @throws GuardError `bad_model_file`, or `engine_unavailable` when it ended or took too long
   */
  start(): Promise<EngineInfo>;
  /** Only while `ready`. */
  send(message: ToChild): void;
  /** Ends the child and stops replacing it; resolves when it is gone. Safe to repeat. */
  close(): Promise<void>;
}

export interface SupervisorOptions {
  readonly launch: (listener: ChildListener) => ChildLink;
  readonly childOptions: ChildOptions;
  readonly startTimeoutMs: number;
  readonly stuckMs: number;
  /** Whether something was asked of the child and not answered. */
  readonly hasWork: () => boolean;
  readonly onMessage: (message: WorkMessage) => void;
  /** The child is gone and with it everything it was asked. */
  readonly onLost: () => void;
  readonly onEvent: (event: EngineEvent) => void;
}

/** A child that closes takes a turn of its loop; one that does not is inside a native call. */
const CLOSE_GRACE_MS = 500;
/** How many times the silence of a child is looked at before it counts as stuck. */
const LOOKS = 4;
/** A child that lived this long after it was ready was well: the next back-off starts small again. */
const STABLE_MS = 60_000;
/** What a restart is expected to take beyond the wait, until one was measured. */
const FIRST_START_MS = 1_000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { launch, childOptions, startTimeoutMs, stuckMs, hasWork, onMessage, onLost, onEvent } = options;
  let state: EngineState = "starting";
  let link: ChildLink | null = null;
  let restarts = 0;
  let failures = 0;
  let startMs = FIRST_START_MS;
  let readyByMs = 0;
  let readySinceMs = 0;
  let lastSignMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended: (() => void) | undefined;

  /** Starts one child; rejects when it ends, or is ended, before it is ready. */
  function attempt(): Promise<EngineInfo> {
    const startedMs = performance.now();
    readyByMs = startedMs + startMs;
    return new Promise((resolve, reject) => {
      let failure = new GuardError("engine_unavailable", "the engine process ended before it was ready");
      link = launch({
        onMessage(message) {
          lastSignMs = performance.now();
          if (message.type === "failed") failure = fromWire(message.error);
          else if (message.type === "ready") {
            if (state === "closed") return; // said before it heard that it is to end
            clearTimeout(timer);
            startMs = performance.now() - startedMs;
            becomeReady();
            resolve(message.info);
          } else onMessage(message);
        },
        onOutput: (text) => onEvent({ type: "output", text }),
        onEnd(reason) {
          clearTimeout(timer);
          link = null;
          reject(failure);
          ended?.();
          if (state === "ready") replace(reason);
        },
      });
      const own = link;
      timer = setTimeout(() => {
        failure = new GuardError(
          "engine_unavailable",
          `the engine was not ready after ${String(startTimeoutMs)} ms`,
        );
        own.kill();
      }, startTimeoutMs);
      own.send({ type: "open", options: childOptions });
    });
  }

  function becomeReady(): void {
    state = "ready";
    readySinceMs = performance.now();
    onEvent({ type: "started", pid: link?.pid ?? 0, startMs });
    lastSignMs = performance.now();
    timer = setInterval(lookAfterIt, stuckMs / LOOKS);
  }

  function lookAfterIt(): void {
    const silentMs = performance.now() - lastSignMs;
    if (!hasWork()) lastSignMs = performance.now();
    else if (silentMs >= stuckMs) {
      onEvent({ type: "stuck", silentMs });
      link?.kill();
    }
  }

  /** Waits and tries again, for as long as it takes: whatever went wrong may be put right while we run. */
  function replace(reason: string): void {
    const livedWell = state === "ready" && performance.now() - readySinceMs >= STABLE_MS;
    failures = livedWell ? 1 : failures + 1;
    state = "restarting";
    const restartInMs = backOffMs(failures);
    readyByMs = performance.now() + restartInMs + startMs;
    onLost();
    onEvent({ type: "ended", reason, restartInMs });
    timer = setTimeout(() => {
      restarts++;
      attempt().catch((error: unknown) => {
        if (state === "restarting") replace(error instanceof Error ? error.message : "unknown failure");
      });
    }, restartInMs);
  }

  return {
    get state() {
      return state;
    },
    get restarts() {
      return restarts;
    },
    get retryAfterMs() {
      return Math.max(1, Math.ceil(readyByMs - performance.now()));
    },

    start: attempt,

    send(message) {
      if (!hasWork()) lastSignMs = performance.now();
      link?.send(message);
    },

    async close() {
      state = "closed";
      clearTimeout(timer);
      if (link === null) return;
      const own = link;
      const gone = new Promise<void>((resolve) => (ended = resolve));
      own.send({ type: "close" });
      timer = setTimeout(() => own.kill(), CLOSE_GRACE_MS);
      await gone;
    },
  };
}
