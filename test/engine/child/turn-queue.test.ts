import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createTurnQueue } from "../../../src/engine/child/turn-queue.js";

/** Blocks, as tokenising a long text does. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe("createTurnQueue", () => {
  it("does what takes long one a turn, in order, so that others have theirs in between", async () => {
    const queue = createTurnQueue();
    const seen: string[] = [];
    for (const id of [1, 2, 3])
      queue.add(id, () => {
        work(15);
        seen.push(`work ${String(id)}`);
      });
    for (let turn = 1; turn <= 3; turn++) {
      await turnOfLoop();
      seen.push(`turn ${String(turn)}`);
    }
    expect(seen).toEqual(["work 1", "turn 1", "work 2", "turn 2", "work 3", "turn 3"]);
  });

  it("does what is short together", async () => {
    const queue = createTurnQueue();
    let done = 0;
    for (let id = 0; id < 100; id++) queue.add(id, () => done++);
    expect(done).toBe(0);
    await turnOfLoop();
    expect(done).toBe(100);
  });

  it("leaves undone what is cancelled before its turn, and goes on with the others", async () => {
    const queue = createTurnQueue();
    const done: number[] = [];
    for (const id of [1, 2, 3, 4])
      queue.add(id, () => {
        work(15);
        done.push(id);
      });
    queue.cancel(1);
    await turnOfLoop();
    queue.cancel(3);
    for (let turn = 0; turn < 4; turn++) await turnOfLoop();
    expect(done).toEqual([2, 4]);
    queue.add(5, () => done.push(5));
    await turnOfLoop();
    expect(done).toEqual([2, 4, 5]);
  });
});
