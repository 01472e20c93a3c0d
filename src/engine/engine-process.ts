import { GuardError } from "../base/index.js";
import type { GenerationEvent } from "../generation/index.js";
import type { ModelManifest } from "../model/index.js";
import { throwIfAborted } from "./abort-reason.js";
import { createAdmission, estimateTokens } from "./admission.js";
import { forkChild } from "./child-link.js";
import { ENGINE_DEFAULTS, type EngineOptions } from "./engine-options.js";
import type { CallOptions, EngineInfo, EngineState } from "./engine.js";
import { createOpenCalls } from "./open-calls.js";
import { fromWire, type Answers, type Ask, type WorkMessage } from "./protocol.js";
import { createSupervisor } from "./supervisor.js";

/** The main half of an engine: a model in a supervised process of its own, and a bounded queue before it. */
export interface EngineProcess extends AsyncDisposable {
  readonly info: EngineInfo;
  readonly state: EngineState;
  /**
   * @param onEvents hears what comes before the answer
   * @throws GuardError `overloaded`, `engine_unavailable`, what the child refuses with, or what the signal says
   */
  ask<K extends Ask["kind"]>(
    what: Ask & { readonly kind: K },
    callOptions?: CallOptions,
    onEvents?: (events: readonly GenerationEvent[]) => void,
  ): Promise<Answers[K]>;
  gauges(): EngineGauges;
  /** Idempotent; waits for work in flight up to the drain time, then ends the process. */
  close(): Promise<void>;
}

/** For metrics: read whenever they are collected. */
export interface EngineGauges {
  /** Estimated tokens admitted and not yet answered. */
  readonly waitingTokens: number;
  /** Requests admitted and not yet answered. */
  readonly inFlight: number;
  /** Times another child was started in place of one that ended. */
  readonly restarts: number;
  readonly state: EngineState;
}

/**
 * Starts the child and waits until it has answered a first prompt.
 * @throws GuardError `bad_model_file` naming the file, `engine_unavailable`, or what the signal says
 */
export async function openEngineProcess(
  task: ModelManifest["task"],
  given: EngineOptions,
): Promise<EngineProcess> {
  const options = { ...ENGINE_DEFAULTS, ...given };
  const { modelDir, threads, stepTokens, cacheBytes, headCacheBytes, env, signal } = options;
  throwIfAborted(signal);
  const calls = createOpenCalls();
  const admission = createAdmission(options.waitingTokens);
  const supervisor = createSupervisor({
    launch: (listener) => forkChild(env, listener),
    childOptions: { task, modelDir, threads, stepTokens, cacheBytes, headCacheBytes },
    startTimeoutMs: options.startTimeoutMs,
    stuckMs: options.stuckMs,
    hasWork: () => calls.count > 0,
    onMessage: receive,
    onLost: () => calls.rejectAll(unavailable),
    onEvent: (event) => options.onEvent?.(event),
  });
  let closing: Promise<void> | undefined;

  function receive(message: WorkMessage): void {
    switch (message.type) {
      case "answer":
        return calls.resolve(message.id, message.value);
      case "refusal":
        return calls.reject(message.id, fromWire(message.error));
      case "events":
        return calls.tell(message.id, message.events);
      case "step":
        return options.onStep?.(message.report);
      default:
        message satisfies never;
    }
  }

  function unavailable(): GuardError {
    if (supervisor.state === "closed") return new GuardError("engine_unavailable", "the engine is closed");
    const { retryAfterMs } = supervisor;
    return new GuardError("engine_unavailable", "the engine is starting again", { retryAfterMs });
  }

  async function ask<K extends Ask["kind"]>(
    what: Ask & { readonly kind: K },
    callOptions: CallOptions = {},
    onEvents?: (events: readonly GenerationEvent[]) => void,
  ): Promise<Answers[K]> {
    if (closing !== undefined || supervisor.state !== "ready") throw unavailable();
    const tokens = estimateTokens(what);
    admission.enter(tokens);
    let computed = false;
    try {
      const answer = await calls.open<Answers[K]>(
        (id) => supervisor.send({ type: "ask", id, ...what }),
        (id) => supervisor.send({ type: "cancel", id }),
        { ...callOptions, onNews: onEvents },
      );
      computed = what.kind === "score" || what.kind === "generate";
      return answer;
    } finally {
      admission.leave(tokens, computed);
    }
  }

  async function drainAndEnd(): Promise<void> {
    await calls.drained(options.drainMs);
    await supervisor.close();
    calls.rejectAll(unavailable);
  }

  const close = (): Promise<void> => (closing ??= drainAndEnd());
  const giveUp = (): void => void supervisor.close();
  signal?.addEventListener("abort", giveUp, { once: true });

  try {
    const info = await supervisor.start();
    return {
      info,
      get state() {
        return closing === undefined ? supervisor.state : "closed";
      },
      ask,
      gauges: () => ({
        waitingTokens: admission.waitingTokens,
        inFlight: calls.count,
        restarts: supervisor.restarts,
        state: supervisor.state,
      }),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await supervisor.close();
    throwIfAborted(signal);
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}
