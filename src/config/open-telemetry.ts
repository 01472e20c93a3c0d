/** What is measured for whom. Which collector, protocol and interval: the SDK reads the rest of `OTEL_*`. */
export interface TelemetryConfig {
  /** Whether /metrics is served. */
  readonly scrape: boolean;
  /** Whether metrics are sent away instead, as `OTEL_METRICS_EXPORTER` says. */
  readonly pushMetrics: boolean;
  /** Whether spans are sent away. */
  readonly traces: boolean;
}

/**
 * Nothing is sent anywhere unless a standard variable asks for it: left alone, the SDK would keep trying a
 * collector on localhost:4318. Metrics go one way, so that every reading belongs to one reader.
 */
export function readTelemetryConfig(
  env: NodeJS.ProcessEnv,
  metrics: "keyed" | "open" | "off",
): TelemetryConfig {
  const set = (name: string): string | undefined => env[name]?.trim().toLowerCase() || undefined;
  if (set("OTEL_SDK_DISABLED") === "true") return { scrape: false, pushMetrics: false, traces: false };
  const metricsExporter = set("OTEL_METRICS_EXPORTER") ?? "prometheus";
  const collector =
    set("OTEL_EXPORTER_OTLP_ENDPOINT") ?? set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? undefined;
  const tracesExporter = set("OTEL_TRACES_EXPORTER") ?? (collector === undefined ? "none" : "otlp");
  return {
    scrape: metrics !== "off" && metricsExporter === "prometheus",
    pushMetrics: metricsExporter !== "prometheus" && metricsExporter !== "none",
    traces: tracesExporter !== "none",
  };
}
