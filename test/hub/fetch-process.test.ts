import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { fetchCheckpoint, type FetchOptions } from "../../src/hub/index.js";
import { FAKE_REPOSITORY, openFakeHub, type FakeHub } from "../fixtures/fake-hub.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { SINGLE_FILE, WEIGHTS } from "./checkpoint-contents.js";

const ABANDONED_MS = 1_000;
/** Long enough that a process on a busy machine does not look dead to another. */
const NEVER_ABANDONED_MS = 60_000;

let cacheDir: string;
beforeEach(() => {
  cacheDir = tempFolder();
});

const optionsFor = ({ endpoint }: FakeHub, abandonedMs = ABANDONED_MS): FetchOptions => ({
  ...{ repository: FAKE_REPOSITORY, token: null, offline: false, cacheDir, endpoint },
  patience: { silenceMs: 30_000, pausesMs: [10], abandonedMs },
});

interface Fetching {
  readonly child: ChildProcess;
  /** Resolves once so many bytes are there. */
  reached(bytes: number): Promise<void>;
  /** The last line: what was fetched. */
  readonly outcome: Promise<{ downloadedBytes?: number }>;
}

function startFetching(hub: FakeHub, abandonedMs?: number): Fetching {
  const script = join(import.meta.dirname, "fetch-process.mjs");
  const child = spawn(process.execPath, [script, JSON.stringify(optionsFor(hub, abandonedMs))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last: { bytesDone?: number; downloadedBytes?: number } = {};
  const waiting: (() => void)[] = [];
  createInterface(child.stdout!).on("line", (line) => {
    last = JSON.parse(line) as typeof last;
    for (const look of waiting) look();
  });
  return {
    child,
    reached: (bytes) =>
      new Promise((resolve) => waiting.push(() => (last.bytesDone ?? 0) >= bytes && resolve())),
    outcome: once(child, "close").then(() => last),
  };
}

const blobs = (): string[] => readdirSync(join(cacheDir, "models--acme--guard/blobs"));
const weightsBlob = (): Buffer =>
  readFileSync(join(cacheDir, "models--acme--guard/snapshots", snapshot(), "model.safetensors"));
const snapshot = (): string => readdirSync(join(cacheDir, "models--acme--guard/snapshots"))[0]!;

describe("fetchCheckpoint in several processes", () => {
  it("goes on where a killed process stopped, and asks for the rest only", async () => {
    let stalling = true;
    await using hub = await openFakeHub({
      files: { ...SINGLE_FILE, "tokenizer.json": Buffer.from("{}") },
      fault: ({ server }) => (server === "storage" && stalling ? { stallAfter: 900_000 } : undefined),
    });
    const killed = startFetching(hub);
    await killed.reached(900_000);
    killed.child.kill("SIGKILL");
    await killed.outcome;

    stalling = false;
    const start = performance.now();
    const { downloadedBytes } = await fetchCheckpoint(optionsFor(hub));
    expect(performance.now() - start).toBeLessThan(10 * ABANDONED_MS);
    const [first, second, ...more] = hub.contentRequests("model.safetensors");
    expect([first!.range, first!.sent]).toEqual([undefined, 900_000]);
    expect([second!.range, second!.sent]).toEqual(["bytes=900000-", WEIGHTS.byteLength - 900_000]);
    expect(more).toEqual([]);
    expect(downloadedBytes).toBe(WEIGHTS.byteLength - 900_000);
    expect(weightsBlob().equals(WEIGHTS)).toBe(true);
    expect(blobs().filter((name) => name.includes("incomplete"))).toEqual([]);
  });

  it("lets one process download what several want", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE, pauseMs: 50 });
    const start = (): Fetching => startFetching(hub, NEVER_ABANDONED_MS);
    const first = start();
    await first.reached(300_000);
    const outcomes = await Promise.all([first, start(), start()].map((one) => one.outcome));
    expect(outcomes.slice(1).map(({ downloadedBytes }) => downloadedBytes)).toEqual([0, 0]);
    expect(hub.contentRequests("model.safetensors").map(({ sent }) => sent)).toEqual([WEIGHTS.byteLength]);
    expect(weightsBlob().equals(WEIGHTS)).toBe(true);
  });

  it("comes to no harm when all begin at the same moment", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    const fetched = await Promise.all(Array.from({ length: 4 }, () => fetchCheckpoint(optionsFor(hub))));
    expect(new Set(fetched.map(({ dir }) => dir)).size).toBe(1);
    expect(weightsBlob().equals(WEIGHTS)).toBe(true);
    expect(blobs().filter((name) => name.includes("incomplete"))).toEqual([]);
  });
});
