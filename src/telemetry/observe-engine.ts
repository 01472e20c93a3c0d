import { metrics, type BatchObservableResult } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC, SCOPE } from "./names.js";

const STATES = ["starting", "ready", "restarting", "closed"] as const;

export interface EngineGauges {
  /** Tokens admitted and not yet computed. */
  readonly waitingTokens: number;
  /** Requests admitted and not yet answered. */
  readonly inFlight: number;
  /** Times the engine process was replaced since the service started. */
  readonly restarts: number;
  readonly state: (typeof STATES)[number];
}

/**
 * Reads the engine whenever metrics are collected. Call it after an SDK was installed: before that there is
 * nobody who would ask.
 * @returns stops observing
 */
export function observeEngine(read: () => EngineGauges): () => void {
  const meter = metrics.getMeter(SCOPE);
  const waitingTokens = meter.createObservableGauge(METRIC.engineWaitingTokens, {
    description: "Tokens waiting for the engine.",
    unit: "{token}",
  });
  const inFlight = meter.createObservableGauge(METRIC.engineInFlight, {
    description: "Requests the engine has not answered yet.",
    unit: "{request}",
  });
  const restarts = meter.createObservableCounter(METRIC.engineRestarts, {
    description: "Times the engine process was replaced.",
    unit: "{restart}",
  });
  const state = meter.createObservableGauge(METRIC.engineState, { description: "State of the engine." });
  const all = [waitingTokens, inFlight, restarts, state];
  const observe = (result: BatchObservableResult): void => {
    const now = read();
    result.observe(waitingTokens, now.waitingTokens);
    result.observe(inFlight, now.inFlight);
    result.observe(restarts, now.restarts);
    for (const one of STATES)
      result.observe(state, one === now.state ? 1 : 0, { [ATTRIBUTE.engineState]: one });
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
