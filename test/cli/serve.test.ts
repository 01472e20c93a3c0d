import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createHash } from "node:crypto";
import { existsSync, openSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { METRIC } from "../../src/telemetry/index.js";
import { buildTinyGenerator } from "../engine/tiny-generator.js";
import { openScriptedUpstream, SCRIPTED_MODEL } from "../fixtures/scripted-upstream.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { buildGuardModel } from "./guard-model.js";
import { runCli, startCli } from "./run-cli.js";
import { startService, type StartedService } from "./start-service.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy
const MESSAGE = "xyzzy what nobody else must read plugh";

const moderate = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/moderate`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Bodies of `/readyz`, from the first answer to the one that says ready. */
async function untilReady(port: number): Promise<unknown[]> {
  const seen: { status?: string }[] = [];
  const endMs = performance.now() + SLOW_MS;
  while (performance.now() < endMs && seen.at(-1)?.status !== "ready") {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`).catch(() => null);
    if (answer !== null) seen.push((await answer.json()) as object);
    await sleep(20);
  }
  return seen;
}

let model: string;
beforeAll(async () => {
  model = await buildGuardModel();
}, SLOW_MS);

describe("portcullis serve", () => {
  let service: StartedService;
  beforeAll(async () => {
    service = await startService(["--guard", model]);
  }, SLOW_MS);
  afterAll(() => {
    service.process.kill("SIGKILL");
  });

  it("says where it listens, what the model is, whose texts it uses and what to try", () => {
    const { stdout } = service.output;
    expect(stdout).toContain(`listens on ${service.url}`);
    expect(stdout).toContain("tiny-guard: Random weights for tests.");
    expect(stdout).toContain("Built with Meta Llama 3");
    expect(stdout).toContain(`curl ${service.url}/moderate`);
  });

  it("is ready and gives verdicts", async () => {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const response = await moderate(service.url, { input: MESSAGE });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      verdict: expect.stringMatching(/^(un)?safe$/),
      policy: { id: "llama-guard-2" },
      model: { id: "tiny-guard" },
    });
  });

  it("measures what it does without a word of what people wrote", async () => {
    await moderate(service.url, { input: MESSAGE, policy: MESSAGE });
    await fetch(`${service.url}/${encodeURIComponent(MESSAGE)}`);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const expected = [METRIC.requestDuration, METRIC.verdicts, METRIC.engineState, METRIC.eventLoopDelayP99];
    for (const name of expected) expect(metrics).toContain(name.replaceAll(".", "_"));
    expect(metrics + service.output.stderr + service.output.stdout).not.toMatch(/xyzzy|plugh/);
  });

  it(
    "answers what is in flight when told to stop, and exits with 0",
    async () => {
      const request = httpRequest(`${service.url}/moderate`, {
        method: "POST",
        headers: { "content-type": "application/json", expect: "100-continue" },
      });
      request.flushHeaders();
      await once(request, "continue"); // the service has it, and waits for the rest
      const exitCode = service.stop("SIGTERM");
      while (!service.output.stderr.includes('"event":"stopping"')) await sleep(10);
      request.end(JSON.stringify({ input: MESSAGE }));
      const [response] = (await once(request, "response")) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      expect(await json(response)).toMatchObject({ verdict: expect.stringMatching(/^(un)?safe$/) });
      expect(await exitCode).toBe(0);
      expect(service.output.stderr).toContain('"event":"stopped"');
      expect(service.output.stderr).not.toContain('"level":"error"');
    },
    SLOW_MS,
  );
});

describe("portcullis serve that is told to stop twice", () => {
  it(
    "does not wait for anybody the second time",
    async () => {
      const service = await startService(["--guard", model]);
      const neverFinished = httpRequest(`${service.url}/moderate`, {
        method: "POST",
        headers: { "content-type": "application/json", expect: "100-continue" },
      });
      neverFinished.on("error", () => undefined); // it will be cut
      neverFinished.flushHeaders();
      await once(neverFinished, "continue");
      service.process.kill("SIGTERM");
      service.process.kill("SIGTERM"); // the same signal, passed on by a second process
      while (!service.output.stderr.includes('"event":"stopping"')) await sleep(10);
      await sleep(600);
      expect(service.process.exitCode).toBeNull();
      expect(await service.stop("SIGTERM")).toBe(128 + constants.signals.SIGTERM);
    },
    SLOW_MS,
  );
});

describe("portcullis serve with keys", () => {
  it(
    "asks for one, also for metrics, and tells how to show it",
    async () => {
      const keysFile = join(tempFolder(), "keys.json");
      const sha256 = createHash("sha256").update("pk_test").digest("hex");
      writeFileSync(keysFile, JSON.stringify({ keys: [{ id: "test", sha256 }] }), { mode: 0o600 });
      const service = await startService(["--guard", model, "--keys-file", keysFile, "--host", "0.0.0.0"]);
      const url = service.url.replace("0.0.0.0", "127.0.0.1");
      try {
        const authorization = "Bearer pk_test";
        expect((await moderate(url, { input: "hello" })).status).toBe(401);
        expect((await moderate(url, { input: "hello" }, { authorization })).status).toBe(200);
        expect((await fetch(`${url}/metrics`)).status).toBe(401);
        expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(200);
        expect(service.output.stdout).toContain('-H "authorization: Bearer $PORTCULLIS_API_KEY"');

        const asked = await runCli(["moderate", "hello", "--json", "--url", url], {
          env: { PORTCULLIS_API_KEY: "pk_test" },
        });
        expect(JSON.parse(asked.stdout)).toMatchObject({ model: { id: "tiny-guard" } });
        const refused = await runCli(["moderate", "hello", "--url", url]);
        expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
      } finally {
        expect(await service.stop("SIGINT")).toBe(0);
      }
    },
    SLOW_MS,
  );
});

describe("portcullis serve that starts", () => {
  it(
    "listens before the model is loaded, and says that it is not ready",
    async () => {
      const port = await freePort();
      const service = startService(["--guard", model, "--port", String(port)]);
      const seen = await untilReady(port);
      expect(seen[0]).toEqual({ status: "unready", engine: "starting" });
      expect(seen.at(-1)).toEqual({ status: "ready", engine: "ready" });
      expect(await (await service).stop()).toBe(0);
    },
    SLOW_MS,
  );
});

describe("portcullis serve whose engine is killed", () => {
  it(
    "has read the policy again before the next caller comes",
    async () => {
      const service = await startService(["--guard", model, "--remembered-verdicts", "0"]);
      const cachedTokens = async (): Promise<number> => {
        const response = await moderate(service.url, { input: "hello" });
        const { usage } = (await response.json()) as { usage?: { cachedTokens: number } };
        return usage?.cachedTokens ?? -1;
      };
      const atFirst = await cachedTokens();
      expect(atFirst).toBeGreaterThan(0);

      const pids = (): number[] =>
        [...service.output.stderr.matchAll(/"engine started","pid":(\d+)/g)].map(([, pid]) => Number(pid));
      process.kill(pids()[0]!, "SIGKILL");
      const endMs = performance.now() + SLOW_MS;
      while (pids().length < 2 && performance.now() < endMs) await sleep(20);
      expect(await cachedTokens()).toBeGreaterThanOrEqual(atFirst);
      expect(await service.stop()).toBe(0);
    },
    SLOW_MS,
  );
});

describe("portcullis serve with a generator", () => {
  it(
    "names it, shows how to chat, and judges on when it dies",
    async () => {
      const { modelDir } = await buildTinyGenerator();
      const service = await startService(["--guard", model, "--generator", modelDir]);
      const { output, url } = service;
      expect(output.stdout).toContain("tiny-generator: Random weights for tests.");
      expect(output.stdout).toContain(`curl ${url}/v1/chat/completions`);
      const pids = (): number[] =>
        [...output.stderr.matchAll(/"generator started","pid":(\d+)/g)].map(([, pid]) => Number(pid));
      process.kill(pids()[0]!, "SIGKILL");
      while (!output.stderr.includes('"event":"generator ended"')) await sleep(5);
      expect((await moderate(url, { input: MESSAGE })).status).toBe(200);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      while (pids().length < 2) await sleep(20);
      expect(await service.stop()).toBe(0);
    },
    SLOW_MS,
  );

  it(
    "asks a server for it, and ends with a sentence when that is not there",
    async () => {
      await using upstream = await openScriptedUpstream();
      const flags = ["--generator-url", upstream.baseUrl, "--generator-model"];
      const service = await startService(["--guard", model, ...flags, SCRIPTED_MODEL]);
      expect(service.output.stdout).toContain(`"model":"${SCRIPTED_MODEL}"`);
      expect(await service.stop()).toBe(0);

      const absent = await runCli(["serve", "--port", "0", "--guard", model, ...flags, "absent"]);
      expect(absent.exitCode).toBe(2);
      expect(absent.stderr).toMatch(/^portcullis: .*does not serve absent; it serves scripted-model$/m);
      expect(absent.stdout).toBe("");
    },
    SLOW_MS,
  );

  it("is not to be had twice", async () => {
    const flags = ["--generator", "starter-chat", "--generator-url", "http://127.0.0.1:9"];
    const { exitCode, stderr } = await runCli(["serve", "--guard", model, ...flags]);
    expect(stderr).toMatch(/^portcullis: .*both name a generator/);
    expect(exitCode).toBe(2);
  });
});

(existsSync("/dev/full") ? describe : describe.skip)("portcullis serve on a full disk", () => {
  it.each(["stdout", "stderr"] as const)(
    "goes on when %s cannot be written",
    async (stream) => {
      const port = await freePort();
      const child = startCli(["serve", "--guard", model, "--generator", "none", "--port", String(port)], {
        [stream]: openSync("/dev/full", "w"),
      });
      const exited = once(child, "exit");
      expect(await Promise.race([untilReady(port), exited])).toContainEqual({
        status: "ready",
        engine: "ready",
      });
      expect((await moderate(`http://127.0.0.1:${String(port)}`, { input: MESSAGE })).status).toBe(200);
      child.kill("SIGTERM");
      expect(await exited).toEqual([0, null]);
    },
    SLOW_MS,
  );
});

describe("portcullis serve that cannot start", () => {
  it("refuses other machines without a key", async () => {
    const { exitCode, stderr } = await runCli(["serve", "--host", "0.0.0.0", "--guard", model]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^portcullis: PORTCULLIS_HOST .*PORTCULLIS_ALLOW_OPEN=yes.*\n$/);
  });

  it.each([
    ["a model folder that is not there", ["--guard", "/absent"]],
    ["a default policy nobody has", ["--default-policy", "absent"]],
    ["a policies folder that is not there", ["--policies-dir", "/absent"]],
  ])(
    "names what is wrong with %s",
    async (_, flags) => {
      const { exitCode, stdout, stderr } = await runCli(["serve", "--port", "0", "--guard", model, ...flags]);
      expect(stderr).toMatch(/^portcullis: .*/m);
      expect(stdout).toBe("");
      expect(exitCode).toBe(2);
    },
    SLOW_MS,
  );

  it(
    "names the models there are when asked for another",
    async () => {
      const { exitCode, stderr } = await runCli([
        "serve",
        "--port",
        "0",
        "--log",
        "text",
        "--guard",
        "absent",
      ]);
      expect(stderr).toMatch(/^portcullis: there is no model "absent".*starter-guard.*`portcullis pull`/m);
      expect(exitCode).toBe(2);
    },
    SLOW_MS,
  );

  it(
    "names the port that is taken, before it looks at a model",
    async () => {
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      const { port } = taken.address() as AddressInfo;
      const { exitCode, stderr } = await runCli(["serve", "--port", String(port), "--guard", "/absent"]);
      taken.close();
      expect(stderr).toContain(`port ${String(port)}: EADDRINUSE`);
      expect(exitCode).toBe(2);
    },
    SLOW_MS,
  );

  it(
    "stops in good order when told to while it starts",
    async () => {
      const child = startCli(["serve", "--port", "0", "--guard", model, "--generator", "none"]);
      child.stderr!.once("data", () => child.kill("SIGTERM")); // its first word is that it starts
      const [exitCode] = (await once(child, "exit")) as [number | null];
      expect(exitCode).toBe(0);
    },
    SLOW_MS,
  );
});
