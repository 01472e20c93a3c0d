import { monitorEventLoopDelay } from "node:perf_hooks";
import { metrics, type BatchObservableResult } from "@opentelemetry/api";
import { METRIC, SCOPE } from "./names.js";

/** How often the loop is sampled. Node's histogram counts this interval as delay; it is taken off again. */
const SAMPLE_MS = 10;

/** Delays since the previous collection. Call it after an SDK was installed. @returns stops observing */
export function observeEventLoop(): () => void {
  const meter = metrics.getMeter(SCOPE);
  const gauge = (name: string, which: string) =>
    meter.createObservableGauge(name, { description: `${which} delay of the event loop.`, unit: "s" });
  const p50 = gauge(METRIC.eventLoopDelayP50, "Median");
  const p99 = gauge(METRIC.eventLoopDelayP99, "99th percentile of the");
  const max = gauge(METRIC.eventLoopDelayMax, "Longest");
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delay.enable();
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - SAMPLE_MS) / 1000;
  const observe = (result: BatchObservableResult): void => {
    if (delay.count === 0) return;
    result.observe(p50, seconds(delay.percentile(50)));
    result.observe(p99, seconds(delay.percentile(99)));
    result.observe(max, seconds(delay.max));
    delay.reset();
  };
  const all = [p50, p99, max];
  meter.addBatchObservableCallback(observe, all);
  return () => {
    meter.removeBatchObservableCallback(observe, all);
    delay.disable();
  };
}
