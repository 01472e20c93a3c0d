import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createEventQueue } from "../../src/engine/event-queue.js";

describe("createEventQueue", () => {
  it("gives everything in order, whether it came before its reader or after", async () => {
    const queue = createEventQueue<number>();
    queue.push([1, 2]);
    const read: number[] = [];
    const reading = (async () => {
      for await (const event of queue) read.push(event);
    })();
    await turnOfLoop();
    expect(read).toEqual([1, 2]);
    queue.push([3]);
    queue.push([4]);
    queue.end();
    await reading;
    expect(read).toEqual([1, 2, 3, 4]);
  });

  it("fails behind what came before, once", async () => {
    const queue = createEventQueue<number>();
    queue.push([1]);
    queue.fail(new Error("gone"));
    queue.end();
    const read: number[] = [];
    await expect(
      (async () => {
        for await (const event of queue) read.push(event);
      })(),
    ).rejects.toThrow("gone");
    expect(read).toEqual([1]);
  });
});
