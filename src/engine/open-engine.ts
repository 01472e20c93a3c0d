import { GuardError } from "../base/index.js";
import { throwIfAborted } from "./abort-reason.js";
import { createAdmission, estimateTokens } from "./admission.js";
import { forkChild } from "./child-link.js";
import { ENGINE_DEFAULTS, type EngineOptions } from "./engine-options.js";
import type { CallOptions, Engine, EngineState } from "./engine.js";
import { createOpenCalls } from "./open-calls.js";
import { fromWire, type Answers, type Ask, type WorkMessage } from "./protocol.js";
import { createSupervisor } from "./supervisor.js";

/** The engine that runs a model on this machine, in a process of its own. */
export interface EmbeddedEngine extends Engine, AsyncDisposable {
  /** For metrics: read whenever they are collected. */
  gauges(): EngineGauges;
}

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
export async function openEngine(given: EngineOptions): Promise<EmbeddedEngine> {
  const options = { ...ENGINE_DEFAULTS, ...given };
  const { modelDir, threads, stepTokens, cacheBytes, headCacheBytes, env, signal } = options;
  throwIfAborted(signal);
  const calls = createOpenCalls();
  const admission = createAdmission(options.waitingTokens);
  const supervisor = createSupervisor({
    launch: (listener) => forkChild(env, listener),
    childOptions: { modelDir, threads, stepTokens, cacheBytes, headCacheBytes },
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

  async function ask<K extends Ask["kind"]>(what: Ask & { kind: K }, callOptions: CallOptions = {}) {
    if (closing !== undefined || supervisor.state !== "ready") throw unavailable();
    const tokens = estimateTokens(what);
    admission.enter(tokens);
    let computed = false;
    try {
      const answer = await calls.open<Answers[K]>(
        (id) => supervisor.send({ type: "ask", id, ...what }),
        (id) => supervisor.send({ type: "cancel", id }),
        callOptions,
      );
      computed = what.kind === "score";
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
      score: (request, callOptions) => ask({ kind: "score", request }, callOptions),
      count: (texts, callOptions) => ask({ kind: "count", texts }, callOptions),
      split: (request, callOptions) => ask({ kind: "split", request }, callOptions),
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
