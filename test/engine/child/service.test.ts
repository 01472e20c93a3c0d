import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createService } from "../../../src/engine/child/service.js";
import type { Ask, FromChild } from "../../../src/engine/protocol.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

/** A service whose tokenizer makes a token of each character, and tells what it was given. */
function setUp() {
  const read: string[] = [];
  const posted: FromChild[] = [];
  const encodeText = (text: string): number[] => {
    read.push(text);
    return [...text].map((c) => c.charCodeAt(0));
  };
  const service = createService({
    model: {
      info: { modelId: "m", modelSha256: "0", notice: "n", template: "t", contextTokens: 8 },
      geometry: TINY_GEOMETRY,
      tokenizer: {
        ...{ vocabSize: 128, isControl: () => false, encodeText, decode: () => "" },
        encode: (spans) => spans.flatMap((span) => encodeText("text" in span ? span.text : "")),
        split: (text) => [encodeText(text).length > 0 ? text : ""],
      },
      vocabulary: {
        ...{ endTokenIds: [3], columnOf: (token) => token, unsafeToken: 2 },
        verdictColumns: { safe: 1, unsafe: 2 },
      },
      session: { run: () => Promise.reject(new Error("nothing was left to compute")) },
    },
    limits: { stepTokens: 8, cacheBytes: 0, headCacheBytes: 0 },
    post: (message) => posted.push(message),
    clock: () => 0, // what is read together then depends on no machine
    onBroken: (error) => {
      throw error;
    },
  });
  return { service, read, posted };
}

const asks: Ask[] = [
  { kind: "count", texts: ["counted"] },
  { kind: "split", request: { text: "split", maxTokens: 8, overlapTokens: 0 } },
  {
    kind: "score",
    request: { prompt: [{ text: "scored" }], answer: { prefix: "", codes: [] }, decodeFrom: 0 },
  },
];

describe("createService", () => {
  it.each(asks)("never tokenises the text of a $kind that was cancelled right behind it", async (ask) => {
    const { service, read, posted } = setUp();
    service.ask(1, ask);
    service.cancel(1);
    service.ask(2, { kind: "count", texts: ["next"] });
    await turnOfLoop();
    expect(posted).toEqual([{ type: "answer", id: 2, value: [4] }]);
    expect(read).toEqual(["next"]);
  });

  it("refuses what the model cannot answer, and goes on", async () => {
    const { service, posted } = setUp();
    const prompt = [{ text: "x".repeat(TINY_GEOMETRY.contextTokens + 1) }];
    service.ask(1, {
      kind: "score",
      request: { prompt, answer: { prefix: "", codes: [] }, decodeFrom: 0 },
    });
    service.ask(2, { kind: "count", texts: ["next"] });
    await turnOfLoop();
    expect(posted).toEqual([
      { type: "refusal", id: 1, error: expect.objectContaining({ code: "too_large" }) },
      { type: "answer", id: 2, value: [4] },
    ]);
  });
});
