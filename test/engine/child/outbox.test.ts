import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../../../src/engine/child/outbox.js";
import type { FromChild } from "../../../src/engine/protocol.js";

const answer = (id: number): FromChild => ({ type: "answer", id, value: [id] });

describe("createOutbox", () => {
  it("sends the messages of a turn in one write, in order, before the loop goes on", async () => {
    const writes: (readonly FromChild[])[] = [];
    const { post } = createOutbox((messages) => writes.push(messages));
    const next = new Promise<number>((resolve) => setImmediate(() => resolve(writes.length)));
    await Promise.resolve().then(() => post(answer(1)));
    post(answer(2));
    await Promise.resolve();
    post(answer(3));
    expect(writes).toHaveLength(0);
    expect(await next).toBe(1);
    post(answer(4));
    await new Promise(setImmediate);
    expect(writes).toEqual([[answer(1), answer(2), answer(3)], [answer(4)]]);
  });

  it("sends at once when told to, and nothing twice", () => {
    const [writes, turns]: [(readonly FromChild[])[], (() => void)[]] = [[], []];
    const { post, flush } = createOutbox(
      (messages) => writes.push(messages),
      (work) => turns.push(work),
    );
    post(answer(1));
    flush();
    flush();
    turns.forEach((work) => work());
    expect(writes).toEqual([[answer(1)]]);
  });
});
