/**
 * Every name under which something is measured, in one place: dashboards and alerts hang on them. Names
 * starting with `http.`, `error.` and `nodejs.` are OpenTelemetry's; what this project measures of its own
 * starts with `portcullis.`. The conventions for generative AI were still being renamed when this was written.
 */
export const METRIC = {
  /** Histogram, s. */
  requestDuration: "http.server.request.duration",
  /** Counter, {verdict}. */
  verdicts: "portcullis.moderation.verdicts",
  /** Counter, {verdict}; those given again without asking the model, which `verdicts` counts as well. */
  remembered: "portcullis.moderation.remembered",
  /** Counter, {violation}; one per violated category of a verdict. */
  violations: "portcullis.moderation.violations",
  /** Counters, {token}; computed tokens include those of the answer. */
  promptTokens: "portcullis.tokens.prompt",
  cachedTokens: "portcullis.tokens.cached",
  computedTokens: "portcullis.tokens.computed",
  /** Histograms, s. */
  queueDuration: "portcullis.moderation.queue.duration",
  computeDuration: "portcullis.moderation.compute.duration",
  /** Counter, {failure}; a message for which no verdict could be given. */
  failures: "portcullis.moderation.failures",
  /** Counter, {message}; let through unjudged because the operator chose to fail open. */
  degraded: "portcullis.moderation.degraded",
  /** Counter, {check}; judgements of guarded chat by what the gate made of them. */
  chatChecks: "portcullis.chat.checks",
  /** Histogram, s; from a chat request to the first text that its caller got. */
  chatFirstText: "portcullis.chat.first_text.duration",
  /** Gauge, {token}. */
  engineWaitingTokens: "portcullis.engine.waiting_tokens",
  /** Gauge, {request}. */
  engineInFlight: "portcullis.engine.in_flight",
  /** Counter, {restart}. */
  engineRestarts: "portcullis.engine.restarts",
  /** Gauge, 1 for the state the engine is in and 0 for the others. */
  engineState: "portcullis.engine.state",
  /** Gauges, s; since the previous reading. */
  eventLoopDelayP50: "nodejs.eventloop.delay.p50",
  eventLoopDelayP99: "nodejs.eventloop.delay.p99",
  eventLoopDelayMax: "nodejs.eventloop.delay.max",
} as const;

/** Attributes take their values from small closed sets; text, keys and ids of callers are never among them. */
export const ATTRIBUTE = {
  method: "http.request.method",
  route: "http.route",
  scheme: "url.scheme",
  status: "http.response.status_code",
  errorType: "error.type",
  policy: "portcullis.policy",
  role: "portcullis.role",
  verdict: "portcullis.verdict",
  action: "portcullis.action",
  category: "portcullis.category",
  stage: "portcullis.stage",
  mode: "portcullis.mode",
  outcome: "portcullis.outcome",
  engineState: "portcullis.engine.state",
  promptTokens: "portcullis.tokens.prompt",
  cachedTokens: "portcullis.tokens.cached",
  computedTokens: "portcullis.tokens.computed",
} as const;

export type AttributeName = (typeof ATTRIBUTE)[keyof typeof ATTRIBUTE];

/** What a span or a measurement may carry: only names listed above. */
export type TelemetryAttributes = Partial<Record<AttributeName, string | number | boolean>>;

/** Name of the meter and the tracer. */
export const SCOPE = "portcullis";
