import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ChildLink, ChildListener } from "../../src/engine/child-link.js";
import type { EngineEvent } from "../../src/engine/engine-options.js";
import type { ToChild } from "../../src/engine/protocol.js";
import { createSupervisor } from "../../src/engine/supervisor.js";

const INFO = { modelId: "m", modelSha256: "0", notice: "n", template: "t", contextTokens: 8 };
const STUCK_MS = 1_000;
const START_TIMEOUT_MS = 40_000;

/** A child without a process: it says what a test makes it say, and dies when killed. */
class FakeChild implements ChildLink {
  readonly pid = 1;
  readonly heard: ToChild["type"][] = [];
  killed = false;
  constructor(readonly listener: ChildListener) {}
  send(message: ToChild): void {
    this.heard.push(message.type);
  }
  kill(): void {
    if (this.killed) return;
    this.killed = true;
    this.listener.onEnd("SIGKILL");
  }
  ready(): void {
    this.listener.onMessage({ type: "ready", info: INFO });
  }
}

function setUp() {
  const children: FakeChild[] = [];
  const events: EngineEvent[] = [];
  const work = { pending: false, lost: 0 };
  const supervisor = createSupervisor({
    launch: (listener) => {
      const child = new FakeChild(listener);
      children.push(child);
      return child;
    },
    childOptions: {
      task: "guard",
      modelDir: "/m",
      threads: 1,
      stepTokens: 8,
      cacheBytes: 0,
      headCacheBytes: 0,
    },
    startTimeoutMs: START_TIMEOUT_MS,
    stuckMs: STUCK_MS,
    hasWork: () => work.pending,
    onMessage: () => undefined,
    onLost: () => work.lost++,
    onEvent: (event) => events.push(event),
  });
  const startFirst = async (): Promise<void> => {
    const started = supervisor.start();
    children[0]!.ready();
    await started;
  };
  return { supervisor, children, events, work, startFirst };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("createSupervisor", () => {
  it("is ready when the first child has answered its first prompt", async () => {
    const { supervisor, children, startFirst } = setUp();
    expect(supervisor.state).toBe("starting");
    await startFirst();
    expect(supervisor.state).toBe("ready");
    expect(children[0]!.heard).toEqual(["open"]);
  });

  it("says why the first start failed", async () => {
    const { supervisor, children } = setUp();
    const started = supervisor.start();
    children[0]!.listener.onMessage({ type: "failed", error: { code: "bad_model_file", message: "x.onnx" } });
    children[0]!.kill();
    await expect(started).rejects.toMatchObject({ code: "bad_model_file", message: "x.onnx" });
    await jest.advanceTimersByTimeAsync(100_000);
    expect(children).toHaveLength(1);
  });

  it("kills a child that takes too long to start", async () => {
    const { supervisor, children } = setUp();
    const started = expect(supervisor.start()).rejects.toMatchObject({ code: "engine_unavailable" });
    await jest.advanceTimersByTimeAsync(START_TIMEOUT_MS - 1);
    expect(children[0]!.killed).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await started;
    expect(children[0]!.killed).toBe(true);
  });

  it("replaces a child that died, and says when to come back", async () => {
    const { supervisor, children, work, startFirst } = setUp();
    await startFirst();
    children[0]!.kill();
    expect(supervisor.state).toBe("restarting");
    expect(work.lost).toBe(1);
    expect(supervisor.retryAfterMs).toBeGreaterThan(0);
    await jest.advanceTimersByTimeAsync(250);
    expect(children).toHaveLength(2);
    expect(supervisor.state).toBe("restarting");
    children[1]!.ready();
    await jest.advanceTimersByTimeAsync(0);
    expect(supervisor.state).toBe("ready");
    expect(supervisor.restarts).toBe(1);
  });

  it("waits longer after every failure, but never gives up", async () => {
    const { supervisor, children, events, startFirst } = setUp();
    await startFirst();
    for (let i = 0; i < 12; i++) {
      children.at(-1)!.kill();
      await jest.advanceTimersByTimeAsync(30_000);
      expect(children).toHaveLength(i + 2);
    }
    const waits = events.flatMap((event) => (event.type === "ended" ? [event.restartInMs] : []));
    expect(waits[0]).toBeLessThanOrEqual(250);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(30_000);
    children.at(-1)!.ready();
    await jest.advanceTimersByTimeAsync(0);
    expect(supervisor.state).toBe("ready");
  });

  it("starts with a small wait again after a child that lived well", async () => {
    const { children, events, startFirst } = setUp();
    await startFirst();
    for (let i = 0; i < 6; i++) {
      children.at(-1)!.kill();
      await jest.advanceTimersByTimeAsync(30_000);
    }
    children.at(-1)!.ready();
    await jest.advanceTimersByTimeAsync(120_000);
    children.at(-1)!.kill();
    const last = events.at(-1);
    expect(last).toMatchObject({ type: "ended" });
    expect(last?.type === "ended" && last.restartInMs).toBeLessThanOrEqual(250);
  });

  it("kills a child that has work and is silent, not one that is idle or talks", async () => {
    const { supervisor, children, work, events, startFirst } = setUp();
    await startFirst();
    await jest.advanceTimersByTimeAsync(20 * STUCK_MS);
    supervisor.send({ type: "ask", id: 1, kind: "count", texts: [] });
    work.pending = true;
    for (let i = 0; i < 5; i++) {
      await jest.advanceTimersByTimeAsync(STUCK_MS * 0.9);
      children[0]!.listener.onMessage({ type: "answer", id: 1, value: [] });
    }
    expect(children[0]!.killed).toBe(false);
    await jest.advanceTimersByTimeAsync(STUCK_MS * 1.3);
    expect(children[0]!.killed).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ type: "stuck" }));
  });

  it("asks a child to end, kills it if it cannot hear, and starts no other", async () => {
    const { supervisor, children, startFirst } = setUp();
    await startFirst();
    const closed = supervisor.close();
    expect(children[0]!.heard).toEqual(["open", "close"]);
    expect(children[0]!.killed).toBe(false);
    await jest.advanceTimersByTimeAsync(500);
    await closed;
    expect(children[0]!.killed).toBe(true);
    await jest.advanceTimersByTimeAsync(100_000);
    expect(children).toHaveLength(1);
    await supervisor.close();
  });

  it("stays closed when a child says that it is ready after it was told to end", async () => {
    const { supervisor, children, events, startFirst } = setUp();
    await startFirst();
    children[0]!.kill();
    await jest.advanceTimersByTimeAsync(250);
    const closed = supervisor.close();
    children[1]!.ready();
    await jest.advanceTimersByTimeAsync(500);
    await closed;
    expect(children[1]!.killed).toBe(true);
    await jest.advanceTimersByTimeAsync(100_000);
    expect(supervisor.state).toBe("closed");
    expect(children).toHaveLength(2);
    expect(events.filter(({ type }) => type === "started")).toHaveLength(1);
  });

  it("can be closed between two children, and while one is starting", async () => {
    for (const waitMs of [0, 250]) {
      const { supervisor, children, startFirst } = setUp();
      await startFirst();
      children[0]!.kill();
      await jest.advanceTimersByTimeAsync(waitMs);
      const closed = supervisor.close();
      await jest.advanceTimersByTimeAsync(100_000);
      await closed;
      expect(supervisor.state).toBe("closed");
      expect(children.every(({ killed }) => killed)).toBe(true);
      expect(children).toHaveLength(waitMs === 0 ? 1 : 2);
    }
  });
});
