import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { METRIC, observeEngine, observeEventLoop, type EngineGauges } from "../../src/telemetry/index.js";
import { openInMemorySdk } from "./in-memory-sdk.js";

let sdk: ReturnType<typeof openInMemorySdk>;
beforeEach(() => {
  sdk = openInMemorySdk();
});
afterEach(() => sdk.close());

describe("observeEngine", () => {
  it("reads the engine at every collection and not after it was stopped", async () => {
    let now: EngineGauges = { waitingTokens: 10, inFlight: 1, restarts: 0, state: "ready" };
    const stop = observeEngine(() => now);
    const first = await sdk.collect();
    now = { waitingTokens: 0, inFlight: 0, restarts: 1, state: "restarting" };
    const second = await sdk.collect();
    stop();
    now = { ...now, restarts: 2 };
    const third = await sdk.collect();

    const gauges = ({ points }: typeof first): unknown[] =>
      [METRIC.engineWaitingTokens, METRIC.engineInFlight, METRIC.engineRestarts].map(
        (name) => points.get(name)?.[0]?.value,
      );
    expect(gauges(first)).toEqual([10, 1, 0]);
    expect(gauges(second)).toEqual([0, 0, 1]);
    expect(third.points.get(METRIC.engineRestarts)?.[0]?.value).not.toBe(2);
  });

  it("marks exactly the state the engine is in", async () => {
    const stop = observeEngine(() => ({ waitingTokens: 0, inFlight: 0, restarts: 0, state: "ready" }));
    const { points } = await sdk.collect();
    stop();
    const states = points.get(METRIC.engineState)!.map(({ attributes, value }) => ({ ...attributes, value }));
    expect(states).toEqual([
      { "portcullis.engine.state": "starting", value: 0 },
      { "portcullis.engine.state": "ready", value: 1 },
      { "portcullis.engine.state": "restarting", value: 0 },
      { "portcullis.engine.state": "closed", value: 0 },
    ]);
  });
});

describe("observeEventLoop", () => {
  it("sees a loop that was held up, and forgets it with the next collection", async () => {
    const stop = observeEventLoop();
    await sleep(50);
    const until = performance.now() + 120;
    while (performance.now() < until); // hold the loop up
    await sleep(50);
    const held = await sdk.collect();
    const max = (from: typeof held): number =>
      from.points.get(METRIC.eventLoopDelayMax)?.[0]?.value as number;
    expect(max(held)).toBeGreaterThan(0.1);
    expect(max(held)).toBeLessThan(30);
    await sleep(50);
    const after = max(await sdk.collect());
    stop();
    expect(after).toBeLessThan(max(held));
  });
});
