import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { TelemetryConfig } from "../config/index.js";

export interface TelemetrySdk {
  /** Answers a scrape in Prometheus' text format; null when metrics are off or sent elsewhere. */
  readonly serveMetrics: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /**
   * Sends what was not sent yet. Idempotent.
   *
   * @returns whether that worked in time; a collector that is away must not keep the service from ending
   */
  close(): Promise<boolean>;
}

/** Of the 30 s between SIGTERM and SIGKILL, draining takes the most. */
const FLUSH_MS = 3_000;

/**
 * Installs the OpenTelemetry SDK behind the API that the rooms measure with, as far as anybody wants to
 * know. Its packages are loaded only then: they are most of the modules of this program.
 *
 * @param serviceVersion version of this package
 */
export async function openTelemetrySdk(
  { scrape, pushMetrics, traces }: TelemetryConfig,
  serviceVersion: string,
): Promise<TelemetrySdk> {
  if (!scrape && !pushMetrics && !traces) return { serveMetrics: null, close: () => Promise.resolve(true) };

  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const { PrometheusExporter } = await import("@opentelemetry/exporter-prometheus");
  const { defaultResource, envDetector, resourceFromAttributes } = await import("@opentelemetry/resources");

  const prometheus = scrape
    ? new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
    : null;
  const sdk = new NodeSDK({
    // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` come after this and win.
    resource: defaultResource().merge(
      resourceFromAttributes({ "service.name": "portcullis", "service.version": serviceVersion }),
    ),
    resourceDetectors: [envDetector], // the others would send host names, paths and arguments along
    logRecordProcessors: [],
    ...(pushMetrics ? {} : { metricReaders: prometheus === null ? [] : [prometheus] }),
    ...(traces ? {} : { spanProcessors: [] }),
  });
  sdk.start();

  let closing: Promise<boolean> | undefined;
  return {
    serveMetrics:
      prometheus && ((request, response) => prometheus.getMetricsRequestHandler(request, response)),
    close: () => (closing ??= withinFlushTime(sdk.shutdown())),
  };
}

const withinFlushTime = (flushed: Promise<void>): Promise<boolean> =>
  Promise.race([
    flushed.then(
      () => true,
      () => false,
    ),
    sleep(FLUSH_MS, false, { ref: false }),
  ]);
