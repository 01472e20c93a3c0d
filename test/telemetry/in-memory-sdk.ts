import { context, metrics, propagation, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { NodeSDK, tracing } from "@opentelemetry/sdk-node";

export interface Collected {
  readonly spans: readonly tracing.ReadableSpan[];
  /** Data points by metric name. */
  readonly points: ReadonlyMap<string, readonly { attributes: object; value: unknown }[]>;
  /** Everything exported, as text to search in. */
  readonly text: string;
}

/** A real SDK that keeps what it exports; only what was recorded after its start is in there. */
export function openInMemorySdk() {
  const spanExporter = new tracing.InMemorySpanExporter();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000, // only when asked
  });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [new tracing.SimpleSpanProcessor(spanExporter)],
  });
  sdk.start();
  const meterProvider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meterProvider);

  return {
    async collect(): Promise<Collected> {
      metricExporter.reset();
      await reader.forceFlush();
      const spans = spanExporter.getFinishedSpans();
      const all = metricExporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return {
        spans,
        points: new Map(all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints])),
        text: JSON.stringify([
          all,
          spans.map(({ name, attributes, events, status, links }) => ({
            name,
            attributes,
            events,
            status,
            links,
          })),
        ]),
      };
    },
    async close(): Promise<void> {
      await sdk.shutdown();
      await meterProvider.shutdown();
      for (const api of [trace, metrics, context, propagation]) api.disable();
    },
  };
}
