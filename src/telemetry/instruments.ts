import { metrics, type Meter, type MeterProvider } from "@opentelemetry/api";
import { METRIC, SCOPE } from "./names.js";

/** The buckets of the HTTP conventions, in seconds; kept for all durations so that they can be compared. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const seconds = (meter: Meter, name: string, description: string) =>
  meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: SECONDS } });

const counter = (meter: Meter, name: string, unit: string, description: string) =>
  meter.createCounter(name, { description, unit });

function createInstruments(meter: Meter) {
  return {
    requestDuration: seconds(meter, METRIC.requestDuration, "Duration of HTTP requests."),
    queueDuration: seconds(meter, METRIC.queueDuration, "Time a message waited for the engine."),
    computeDuration: seconds(meter, METRIC.computeDuration, "Time the engine computed for a message."),
    verdicts: counter(meter, METRIC.verdicts, "{verdict}", "Verdicts given."),
    remembered: counter(meter, METRIC.remembered, "{verdict}", "Verdicts given again from memory."),
    violations: counter(meter, METRIC.violations, "{violation}", "Categories found violated."),
    promptTokens: counter(meter, METRIC.promptTokens, "{token}", "Tokens of guard prompts."),
    cachedTokens: counter(meter, METRIC.cachedTokens, "{token}", "Prompt tokens found in the cache."),
    computedTokens: counter(meter, METRIC.computedTokens, "{token}", "Tokens the model went through."),
    failures: counter(meter, METRIC.failures, "{failure}", "Messages for which no verdict could be given."),
    degraded: counter(meter, METRIC.degraded, "{message}", "Messages let through unjudged."),
    chatChecks: counter(meter, METRIC.chatChecks, "{check}", "Judgements of guarded chat."),
    chatFirstText: seconds(meter, METRIC.chatFirstText, "Time until a chat's first text was let out."),
  };
}

let current: { provider: MeterProvider; instruments: ReturnType<typeof createInstruments> } | undefined;

/**
 * The instruments of whatever SDK is installed now. The metrics API hands out instruments that stay silent
 * when they were made before an SDK came, so they are made again when the provider changes.
 */
export function instruments(): ReturnType<typeof createInstruments> {
  const provider = metrics.getMeterProvider();
  if (current?.provider !== provider)
    current = { provider, instruments: createInstruments(provider.getMeter(SCOPE)) };
  return current.instruments;
}
