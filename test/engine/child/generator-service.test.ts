import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createGeneratorService } from "../../../src/engine/child/generator-service.js";
import type { GraphRun } from "../../../src/engine/child/graph-run.js";
import { createKvRows } from "../../../src/engine/kv-rows.js";
import type { FromChild, WriteRequest } from "../../../src/engine/protocol.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const SAMPLING: WriteRequest["sampling"] = {
  ...{ temperature: 0, topP: 1, seed: 1, maxTokens: 4, stop: [], topLogprobs: null },
  ...{ presencePenalty: 0, frequencyPenalty: 0 },
};
const ask = (text: string, choices = 1, maxTokens = 4) => ({
  ...{ kind: "generate" as const },
  request: { prompt: [{ text }], choices, sampling: { ...SAMPLING, maxTokens } },
});

/** A service whose tokens are characters, and whose model says one more than the token it read. */
function setUp({ brokenAfter = Infinity, sessionFails = false } = {}) {
  const posted: FromChild[] = [];
  const runs: number[] = [];
  const failures: unknown[] = [];
  const encodeText = (text: string): number[] => [...text].map((c) => c.charCodeAt(0) - 96);
  const service = createGeneratorService({
    model: {
      info: { modelId: "m", modelSha256: "0", notice: "n", template: "t", contextTokens: 512 },
      geometry: TINY_GEOMETRY,
      tokenizer: {
        ...{ vocabSize: 64, isControl: () => false, encodeText, decode: () => "", split: () => [] },
        encode: (spans) => spans.flatMap((span) => encodeText("text" in span ? span.text : "")),
      },
      vocabulary: {
        ...{ endTokens: new Set([0]), textOf: String },
        bytesOf: (token) => Uint8Array.of(96 + token),
      },
      session: {
        async run({ ids, reads }: GraphRun) {
          await turnOfLoop(); // messages arrive between steps
          if (sessionFails) throw new Error("native");
          runs.push(ids.length);
          const logits = new Float32Array(reads.length * 64);
          for (const [row, read] of reads.entries())
            logits[row * 64 + (Number(ids[Number(read)]) % 63) + 1] = runs.length > brokenAfter ? NaN : 1;
          return { logits, kv: createKvRows(TINY_GEOMETRY, ids.length) };
        },
      },
    },
    limits: { stepTokens: 256, cacheBytes: 0, headCacheBytes: 0 },
    post: (message) => posted.push(message),
    clock: () => 0, // what is read together then depends on no machine
    onBroken: (error) => failures.push(error),
  });
  const textOf = (id: number): string =>
    posted
      .flatMap((message) => (message.type === "events" && message.id === id ? message.events : []))
      .map((event) => (event.type === "text" ? event.text : event.type === "finished" ? "." : ""))
      .join("");
  const turns = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await turnOfLoop();
  };
  return { service, posted, runs, failures, textOf, turns };
}

describe("createGeneratorService", () => {
  it("writes what several ask for in the same steps", async () => {
    const { service, posted, runs, textOf, turns } = setUp();
    service.ask(1, ask("abc"));
    service.ask(2, ask("xa"));
    await turns(20);
    expect([textOf(1), textOf(2)]).toEqual(["defg.", "bcde."]);
    expect(runs).toEqual([5, 2, 2, 2]);
    expect(posted.filter(({ type }) => type === "answer")).toEqual([
      { type: "answer", id: 1, value: { promptTokens: 3, completionTokens: 4 } },
      { type: "answer", id: 2, value: { promptTokens: 2, completionTokens: 4 } },
    ]);
  });

  it("computes the whole blocks of a prompt once for all choices, though nothing else is remembered", async () => {
    const { service, runs, textOf, turns } = setUp();
    service.ask(1, ask("a".repeat(40), 3));
    await turns(20);
    // 32 of 40 tokens are two blocks; the other 8 are the price of a choice.
    expect(runs).toEqual([40, 1 + 8 + 8, 3, 3, 2]);
    expect([...textOf(1)].sort().join("")).toBe("...bbbcccdddeee");
  });

  it("writes nothing more for a request that was canceled, in none of its choices", async () => {
    const { service, posted, runs, textOf, turns } = setUp();
    service.ask(1, ask("abc", 3, 400));
    service.ask(2, ask("b", 1, 2));
    await turns(2);
    while (!textOf(2).endsWith(".")) await turns(1);
    service.cancel(1);
    const before = { said: textOf(1), runs: runs.length };
    await turns(50);
    expect(textOf(1)).toBe(before.said);
    expect(runs.length).toBeLessThanOrEqual(before.runs + 1);
    expect(posted.some((message) => message.type === "answer" && message.id === 1)).toBe(false);
  });

  it("refuses a request as a whole when the scores of a choice cannot be read, and finishes none", async () => {
    const { service, posted, runs, turns } = setUp({ brokenAfter: 2 });
    service.ask(1, ask("abc", 4, 400));
    await turns(50);
    expect(posted.filter(({ type }) => type === "refusal" || type === "answer")).toEqual([
      { type: "refusal", id: 1, error: expect.objectContaining({ code: "unreadable_output" }) },
    ]);
    expect(runs).toHaveLength(3);
  });

  it("takes a long prompt in small steps, whatever a step may hold", async () => {
    const { service, runs, textOf, turns } = setUp();
    service.ask(1, ask("a".repeat(150), 1, 1));
    await turns(20);
    expect(runs).toEqual([64, 64, 22]);
    expect(textOf(1)).toBe("b.");
  });

  it("tells of a runtime that failed instead of going on", async () => {
    const { service, failures, posted, turns } = setUp({ sessionFails: true });
    service.ask(1, ask("abc"));
    await turns(20);
    expect(failures).toHaveLength(1);
    expect(posted).toEqual([]);
  });

  it.each([
    ["fills the context", "a".repeat(TINY_GEOMETRY.contextTokens), "too_large"],
    ["is empty", "", "invalid_request"],
  ])("refuses a prompt that %s", async (_, text, code) => {
    const { service, posted, turns } = setUp();
    service.ask(1, ask(text));
    await turns(5);
    expect(posted).toEqual([{ type: "refusal", id: 1, error: expect.objectContaining({ code }) }]);
  });
});
