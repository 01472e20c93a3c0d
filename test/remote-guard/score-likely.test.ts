import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { scoreVerdict } from "../../src/engine/scores.js";
import { likelyTokens } from "../../src/remote-guard/likely-tokens.js";
import { scoreLikely } from "../../src/remote-guard/score-likely.js";

const WORDS = { safe: 0, unsafe: 1 };

/** What a server tells of a row of logits. */
function topOf(logits: readonly number[], most: number) {
  const highest = Math.max(...logits);
  const total = highest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  const top = logits.map((logit, id) => [id, logit - total] as const).sort(([, a], [, b]) => b - a);
  return likelyTokens(new Map(top.slice(0, most)), 0);
}

const rows = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 60 });

describe("scoreLikely", () => {
  it("says what the embedded engine says of the same row, wherever both words are told", () => {
    fc.assert(
      fc.property(rows, (logits) => {
        const exact = scoreVerdict(Float32Array.from(logits), WORDS);
        const told = scoreLikely(topOf(logits, logits.length), WORDS);
        expect(told.scoreUnsafe).toBeCloseTo(exact.scoreUnsafe, 4);
        expect(told.mass).toBeCloseTo(exact.mass, 4);
      }),
    );
  });

  it("is never milder than the truth where a word is left out, and off by less than 0.006 at a mass of 0.9", () => {
    fc.assert(
      fc.property(rows, (logits) => {
        const exact = scoreVerdict(Float32Array.from(logits), WORDS);
        const likely = topOf(logits, 20);
        if (![0, 1].some((word) => likely.logprobs.has(word))) return;
        const told = scoreLikely(likely, WORDS);
        expect(told.scoreUnsafe).toBeGreaterThanOrEqual(exact.scoreUnsafe - 1e-5);
        expect(told.mass).toBeLessThanOrEqual(exact.mass + 1e-5);
        if (told.mass >= 0.9) expect(told.scoreUnsafe - exact.scoreUnsafe).toBeLessThan(0.006);
      }),
      { numRuns: 500 },
    );
  });

  it("takes an absent safe for nothing", () => {
    const likely = likelyTokens(new Map([[1, Math.log(0.98)]]), 0);
    expect(scoreLikely(likely, WORDS)).toEqual({ scoreUnsafe: 1, mass: expect.closeTo(0.98, 9) });
  });

  it("reads nothing into an answer in which neither word is likely", () => {
    const likely = likelyTokens(new Map([[7, -0.01]]), 0);
    expect(() => scoreLikely(likely, WORDS)).toThrow(expect.objectContaining({ code: "unreadable_output" }));
  });
});
