import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT, withDeadline } from "../../src/base/index.js";
import {
  openEngine,
  type EmbeddedEngine,
  type EngineEvent,
  type EngineOptions,
} from "../../src/engine/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { buildTinyModel } from "../fixtures/tiny-model.js";
import { askAbout } from "./guard-prompts.js";

let modelDir: string;
beforeAll(async () => {
  // Wide enough that a queue of long prompts keeps it busy for a while.
  modelDir = await buildTinyModel({
    layers: 4,
    hiddenSize: 256,
    heads: 8,
    kvHeads: 4,
    headDim: 32,
    ffnSize: 512,
  });
});
const opened: EmbeddedEngine[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

async function open(options: Partial<EngineOptions> = {}) {
  const pids: number[] = [];
  const events: EngineEvent[] = [];
  const engine = await openEngine({
    ...{ modelDir, waitingTokens: 1_000_000, ...options },
    onEvent: (event) => {
      events.push(event);
      if (event.type === "started") pids.push(event.pid);
    },
  });
  opened.push(engine);
  return { engine, pids, events };
}

const LONG = " content".repeat(1_000);
const askMany = (engine: EmbeddedEngine, count: number) =>
  Array.from({ length: count }, (_, i) => engine.score(askAbout(`User: ${String(i)}${LONG}`)));
const codeOf = (settled: PromiseSettledResult<unknown>): string =>
  settled.status === "fulfilled" ? "answered" : (settled.reason as { code: string }).code;

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries++) await sleep(20);
  expect(holds()).toBe(true);
}

/** Gone, or dead and only waiting for its parent to notice. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return true;
  }
}

/** Ids of the processes this one has started. */
const children = (): string => readFileSync(`/proc/self/task/${String(process.pid)}/children`, "utf8");

describe("the life of an engine", () => {
  it.each(["SIGKILL", "SIGSTOP"] as const)(
    "fails what was asked and recovers when its process gets %s in the middle of work",
    async (signal) => {
      const { engine, pids, events } = await open({ stuckMs: 5_000 });
      const asked = askMany(engine, 20);
      await Promise.race(asked);
      process.kill(pids[0]!, signal);
      const settled = await Promise.allSettled(asked);
      expect(new Set(settled.map(codeOf))).toEqual(new Set(["answered", "engine_unavailable"]));
      expect(engine.state).toBe("restarting");
      await expect(engine.score(askAbout("hello"))).rejects.toMatchObject({
        ...{ code: "engine_unavailable", retryAfterMs: expect.any(Number) },
      });
      await until(() => engine.state === "ready");
      expect((await engine.score(askAbout("hello"))).usage.cachedTokens).toBe(0);
      expect(engine.gauges()).toEqual({ waitingTokens: 0, inFlight: 0, restarts: 1, state: "ready" });
      expect(pids).toHaveLength(2);
      expect(isGone(pids[0]!)).toBe(true);
      expect(events.some(({ type }) => type === "stuck")).toBe(signal === "SIGSTOP");
    },
    60_000,
  );

  it("gives up starting when told to, and leaves no process", async () => {
    const before = children();
    await expect(openEngine({ modelDir, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "canceled",
    });
    using deadline = withDeadline(undefined, 100);
    await expect(openEngine({ modelDir, ...deadline })).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(children()).toEqual(before);
  }, 60_000);

  it("lets go of callers at once, and of their work within a step", async () => {
    const { engine } = await open({ cacheBytes: 0 });
    const controller = new AbortController();
    const kept = engine.score(askAbout("kept"));
    const dropped = Array.from({ length: 50 }, () =>
      engine.score(askAbout(`User: ${LONG}`), { signal: controller.signal }),
    );
    const last = engine.score(askAbout("last"));
    await kept;
    const abortedAt = performance.now();
    controller.abort();
    const settled = await Promise.allSettled(dropped);
    expect(performance.now() - abortedAt).toBeLessThan(100);
    expect(settled.map(codeOf)).toContain("canceled");
    await last;
    const computedMs = (await engine.score(askAbout(`User: ${LONG}`))).timings.computeMs;
    expect(performance.now() - abortedAt).toBeLessThan(25 * computedMs + 1_000); // 50 would have taken 50
  }, 60_000);

  it("ends a request at its deadline", async () => {
    const { engine } = await open();
    const others = askMany(engine, 30);
    using deadline = withDeadline(undefined, 30);
    await expect(engine.score(askAbout("hello"), deadline)).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    await engine.close();
    await Promise.allSettled(others);
  }, 60_000);

  it("refuses what its queue cannot hold, before any work is spent", async () => {
    const { engine } = await open({ waitingTokens: 10_000 });
    const settled = await Promise.allSettled(askMany(engine, 10));
    expect(settled.map(codeOf)).toEqual([
      ...["answered", "answered", "answered"],
      ...Array<string>(7).fill("overloaded"),
    ]);
    const refused = settled.at(-1) as PromiseRejectedResult;
    expect((refused.reason as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
    expect(engine.gauges().waitingTokens).toBe(0);
    const words = [" content".repeat(10_000)];
    const split = { text: words[0]!, maxTokens: 1_000, overlapTokens: 0 };
    const read = [...Array.from({ length: 8 }, () => engine.count(words)), engine.split(split)];
    expect((await Promise.allSettled(read)).map(codeOf)).toEqual([
      ...Array<string>(5).fill("answered"),
      ...Array<string>(4).fill("overloaded"),
    ]);
    expect(engine.gauges().waitingTokens).toBe(0);
  }, 60_000);

  it("finishes accepted work when closed, takes no more, and leaves no process", async () => {
    const { engine, pids } = await open({ drainMs: 60_000 });
    const asked = askMany(engine, 5);
    const closed = [engine.close(), engine.close()];
    expect(engine.state).toBe("closed");
    await expect(engine.count(["hello"])).rejects.toMatchObject({ code: "engine_unavailable" });
    await Promise.all(closed);
    expect((await Promise.allSettled(asked)).map(codeOf)).toEqual(Array(5).fill("answered"));
    expect(isGone(pids[0]!)).toBe(true);
  }, 60_000);

  it("gives up on work that outlasts the drain time", async () => {
    const { engine, pids } = await open({ drainMs: 50 });
    const asked = Promise.allSettled(askMany(engine, 300));
    await engine.close();
    expect((await asked).map(codeOf)).toContain("engine_unavailable");
    expect(isGone(pids[0]!)).toBe(true);
  }, 60_000);

  it("opens no socket beyond its pipes and leaves nothing at home", async () => {
    const home = tempFolder();
    const { engine, pids } = await open({ env: { HOME: home } });
    await engine.score(askAbout("hello"));
    await sleep(500); // a report home would be under way by now
    const proc = `/proc/${String(pids[0])}`;
    const links = readdirSync(`${proc}/fd`).map((fd) => readlinkSync(`${proc}/fd/${fd}`));
    const inodes = links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
    expect(inodes.length).toBeGreaterThan(0); // the channel and the pipes
    const network = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"].flatMap((table) =>
      existsSync(`${proc}/net/${table}`) ? readFileSync(`${proc}/net/${table}`, "utf8").split(/\s+/) : [],
    );
    expect(inodes.filter((inode) => network.includes(inode))).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  }, 60_000);
});

describe("a process that holds an engine", () => {
  /** Runs a program of a few lines on the built engine until it ends, or is killed when it says so. */
  async function run(lines: string, killWhenStarted = false) {
    const program = `
      import { openEngine } from ${JSON.stringify(join(PACKAGE_ROOT, "dist/engine/index.js"))};
      const engine = await openEngine({
        modelDir: ${JSON.stringify(modelDir)},
        drainMs: 100,
        waitingTokens: 1e9,
        onEvent: (event) => event.type === "started" && console.log(event.pid),
      });
      const ask = (text) => engine.score({
        prompt: [{ text }], answer: { prefix: "", codes: ["S1", "S2"] }, decodeFrom: 0 }).catch(() => undefined);
      const asked = Array.from({ length: 200 }, (_, i) => ask(i + " content".repeat(1_000)));
      ${lines}`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let written = "";
    holder.stdout.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      if (killWhenStarted) holder.kill("SIGKILL");
    });
    const [code, signal] = (await once(holder, "exit")) as [number | null, NodeJS.Signals | null];
    const childPid = Number(written);
    expect(childPid).toBeGreaterThan(1);
    return { code, signal, childPid };
  }

  it.each([
    ["closes it in the middle of work", "await engine.close();", 0],
    ["exits without closing it", "setTimeout(() => process.exit(3), 300);", 3],
    ["falls over an error", "setTimeout(() => { throw new Error('expected by this test'); }, 300);", 1],
  ])(
    "%s: ends with its own exit code and leaves no child",
    async (_, lines, exitCode) => {
      const { code, signal, childPid } = await run(lines);
      expect({ code, signal }).toEqual({ code: exitCode, signal: null });
      await until(() => isGone(childPid));
    },
    60_000,
  );

  it("is killed: its child ends by itself after the step in flight", async () => {
    const { signal, childPid } = await run("await Promise.all(asked);", true);
    expect(signal).toBe("SIGKILL");
    await until(() => isGone(childPid));
  }, 60_000);
});
