import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { GuardError } from "../../src/base/index.js";
import type { ScoreRequest } from "../../src/engine/engine.js";
import { createAdmission, estimateTokens } from "../../src/engine/admission.js";

function retryAfterMs(enter: () => void): number | undefined {
  try {
    enter();
  } catch (error) {
    expect(error).toMatchObject({ code: "overloaded" });
    return (error as GuardError).retryAfterMs;
  }
  throw new Error("was let in");
}

describe("createAdmission", () => {
  it("never holds more than its bound, except for one who comes to an empty queue", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 150 })), (acts) => {
        const admission = createAdmission(100);
        const inside: number[] = [];
        for (const tokens of acts) {
          if (tokens <= 0) {
            const leaving = inside.shift();
            if (leaving !== undefined) admission.leave(leaving, true);
            continue;
          }
          try {
            admission.enter(tokens);
            inside.push(tokens);
          } catch (error) {
            expect(error).toMatchObject({ code: "overloaded" });
          }
          const sum = inside.reduce((a, b) => a + b, 0);
          expect(admission.waitingTokens).toBe(sum);
          if (inside.length > 1) expect(sum).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it("says when to come back by how fast the engine has been", () => {
    let nowMs = 0;
    const admission = createAdmission(1_000, () => nowMs);
    for (let i = 0; i < 20; i++) {
      admission.enter(100);
      nowMs += 200; // 500 tokens a second
      admission.leave(100, true);
    }
    admission.enter(900);
    expect(retryAfterMs(() => admission.enter(600))).toBeCloseTo(1_000, -1); // 500 too many
  });

  it("learns nothing about speed from those who gave up", () => {
    let nowMs = 0;
    const admission = createAdmission(100, () => nowMs);
    admission.enter(100);
    nowMs += 1;
    admission.leave(100, false);
    admission.enter(100);
    expect(retryAfterMs(() => admission.enter(50))).toBe(1_000); // no measurement yet
  });
});

describe("estimateTokens", () => {
  const scoreTokens = (prompt: ScoreRequest["prompt"]): number =>
    estimateTokens({
      kind: "score",
      request: { prompt, answer: { prefix: "", codes: [] }, decodeFrom: 0 },
    });

  it("counts bytes of what people wrote and nothing of a shared head", () => {
    const own = scoreTokens([{ control: "<|begin_of_text|>" }, { text: "a".repeat(300) }]);
    const withHead = [{ text: "h".repeat(9_000), shared: true }, { text: "a".repeat(300) }];
    expect(scoreTokens(withHead)).toBe(own);
    expect(scoreTokens([{ text: "あ".repeat(300) }])).toBe(own + 200); // three bytes each
  });

  it("counts a whole prompt to be gone on with, and every choice's answer at its longest", () => {
    const sampling = {
      ...{ temperature: 1, topP: 1, seed: null, maxTokens: 500, stop: [], topLogprobs: null },
      ...{ presencePenalty: 0, frequencyPenalty: 0 },
    };
    const prompt = [{ text: "a".repeat(300), shared: true }, { text: "a".repeat(300) }];
    const tokens = estimateTokens({ kind: "generate", request: { prompt, choices: 3, sampling } });
    expect(tokens).toBe(200 + 64 + 3 * 500);
  });

  it("counts a text that is only tokenised for a small part of one that is computed", () => {
    const text = "あ".repeat(48_000);
    const split = estimateTokens({ kind: "split", request: { text, maxTokens: 100, overlapTokens: 0 } });
    expect(split).toBe(3_000);
    expect(estimateTokens({ kind: "count", texts: [text, text] })).toBe(2 * split);
  });
});
