import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { buildGuardModel } from "./guard-model.js";
import { startService } from "./start-service.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy
const MESSAGE = "xyzzy what nobody else must read plugh";

/** Asks for one verdict and stops the service again. @returns its exit code */
async function oneVerdict(model: string, env: Record<string, string>, headers = {}) {
  const service = await startService(["--guard", model], { env });
  const response = await fetch(`${service.url}/moderate`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ input: MESSAGE }),
  });
  const metricsStatus = (await fetch(`${service.url}/metrics`)).status;
  return { status: response.status, metricsStatus, exitCode: await service.stop(), output: service.output };
}

/** A collector that keeps what is sent to it, by path. */
async function openCollector() {
  const received: { path: string; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? "", body });
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { received, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe("telemetry of a service", () => {
  let model: string;
  beforeAll(async () => {
    model = await buildGuardModel();
  }, SLOW_MS);

  it(
    "sends spans where the standard variables say, as part of the caller's trace, without a word",
    async () => {
      const collector = await openCollector();
      const { status, metricsStatus, exitCode } = await oneVerdict(
        model,
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${String(collector.port)}`,
          OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
          OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
        },
        { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
      );
      collector.close();
      expect([status, metricsStatus, exitCode]).toEqual([200, 200, 0]);
      const sent = collector.received.map(({ body }) => body).join("\n");
      expect([...new Set(collector.received.map(({ path }) => path))]).toEqual(["/v1/traces"]);
      for (const part of ['"portcullis"', "deployment.environment.name", '"moderate"', '"POST /moderate"'])
        expect(sent).toContain(part);
      expect(sent).toContain("0af7651916cd43dd8448eb211c80319c");
      expect(sent).not.toMatch(/xyzzy|plugh/);
    },
    SLOW_MS,
  );

  it(
    "sends metrics instead of offering them when told to",
    async () => {
      const collector = await openCollector();
      const { metricsStatus, exitCode } = await oneVerdict(model, {
        OTEL_METRICS_EXPORTER: "otlp",
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${String(collector.port)}/metrics-here`,
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
      });
      collector.close();
      expect([metricsStatus, exitCode]).toEqual([404, 0]);
      const sent = collector.received.map(({ body }) => body).join("\n");
      expect([...new Set(collector.received.map(({ path }) => path))]).toEqual(["/metrics-here"]);
      expect(sent).toContain("portcullis.moderation.verdicts");
      expect(sent).not.toMatch(/xyzzy|plugh/);
    },
    SLOW_MS,
  );

  it(
    "does not keep the service from ending when the collector is away",
    async () => {
      const { status, exitCode, output } = await oneVerdict(model, {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      });
      expect([status, exitCode]).toEqual([200, 0]);
      expect(output.stderr).toContain('"event":"stopped"');
    },
    SLOW_MS,
  );

  it(
    "is off altogether when the standard variable says so",
    async () => {
      const { status, metricsStatus, exitCode } = await oneVerdict(model, { OTEL_SDK_DISABLED: "true" });
      expect([status, metricsStatus, exitCode]).toEqual([200, 404, 0]);
    },
    SLOW_MS,
  );
});
