import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nucleusOf } from "../../src/generation/nucleus.js";
import { sampleToken, type Drawing } from "../../src/generation/sampler.js";
import { seededRandom } from "../../src/base/index.js";

const GREEDY: Drawing = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 };
const NONE = new Map<number, number>();
const never = (): number => {
  throw new Error("nothing is left to chance here");
};

/** Weights with many equals among them, and never all 0. */
const weights = fc
  .array(fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 10, noNaN: true })), { minLength: 1 })
  .map((some) => [...some, 1]);

/** The nucleus by sorting everything. */
function slowNucleus(all: readonly number[], share: number): number[] {
  const order = all.map((_, token) => token).sort((a, b) => all[b]! - all[a]! || a - b);
  const wanted = share * all.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const end = order.findIndex((token) => (sum += all[token]!) >= wanted);
  return order.slice(0, end < 0 ? order.length : end + 1);
}

describe("nucleusOf", () => {
  it("finds the tokens that sorting finds, but for sums that meet the share to the last bit", () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (all, share) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const found = nucleusOf(Float64Array.from(all), total, share);
        const sum = found.reduce((a, token) => a + all[token]!, 0);
        const least = Math.min(...found.map((token) => all[token]!));
        const expected = slowNucleus(all, share);
        const slack = total * 1e-12;
        if (Math.abs(sum - share * total) > slack && Math.abs(sum - least - share * total) > slack)
          expect(found).toEqual(expected.sort((a, b) => a - b));
        expect(sum).toBeGreaterThanOrEqual(share * total - slack);
      }),
      { numRuns: 500 },
    );
  });

  it("takes lower ids of equals first", () => {
    expect(nucleusOf(new Float64Array(10).fill(1), 10, 0.45)).toEqual([0, 1, 2, 3, 4]);
  });

  it("looks through a flat vocabulary of Llama 3's size in a moment", () => {
    const random = seededRandom(1);
    const flat = Float64Array.from({ length: 128_256 }, () => 1 + random());
    const total = flat.reduce((sum, weight) => sum + weight, 0);
    const startedMs = performance.now();
    nucleusOf(flat, total, 0.9);
    expect(performance.now() - startedMs).toBeLessThan(500); // about 10 ms outside Jest; a square would take minutes
  });
});

describe("sampleToken", () => {
  it("takes the likeliest token at temperature 0, of equals the first, and asks no dice", () => {
    expect(sampleToken(Float32Array.of(1, 3, 3, 2), GREEDY, NONE, never)).toBe(1);
  });

  it("draws as often as a plain softmax over the nucleus says", () => {
    const logits = [0.3, -1, 2, 2, 0.5, -4, 1.1];
    const drawing = { ...GREEDY, temperature: 1.4, topP: 0.85 };
    const plain = logits.map((logit) => Math.exp(logit / drawing.temperature));
    const kept = slowNucleus(plain, drawing.topP);
    const total = kept.reduce((sum, token) => sum + plain[token]!, 0);
    const random = seededRandom(7);
    const draws = 40_000;
    const seen = new Array<number>(logits.length).fill(0);
    const scores = Float32Array.from(logits);
    for (let i = 0; i < draws; i++) seen[sampleToken(scores, drawing, NONE, random)]! += 1 / draws;
    for (const [token, share] of seen.entries()) {
      const expected = kept.includes(token) ? plain[token]! / total : 0;
      expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt(0.25 / draws)); // four standard deviations
      if (expected === 0) expect(share).toBe(0);
    }
  });

  it("takes penalties off as OpenAI does: once for being there, and once for every time", () => {
    const logits = Float32Array.of(5, 4.4, 4, 3);
    const counts = new Map([
      [0, 3],
      [1, 1],
    ]);
    const penalized = (presencePenalty: number, frequencyPenalty: number): number =>
      sampleToken(logits, { ...GREEDY, presencePenalty, frequencyPenalty }, counts, never);
    expect(penalized(0, 0)).toBe(0);
    expect(penalized(0.9, 0)).toBe(0); // 4.1, 3.5, 4
    expect(penalized(1.1, 0)).toBe(2); // 3.9, 3.3, 4
    expect(penalized(0, 0.32)).toBe(1); // 4.04, 4.08, 4
    expect(penalized(0, 0.5)).toBe(2); // 3.5, 3.9, 4
    expect(penalized(-2, 0)).toBe(0);
    expect([...logits]).toEqual([...Float32Array.of(5, 4.4, 4, 3)]);
  });

  it("draws the same for the same seed", () => {
    const logits = Float32Array.from({ length: 50 }, (_, token) => Math.sin(token));
    const drawAll = (seed: number): number[] => {
      const random = seededRandom(seed);
      const drawing = { ...GREEDY, temperature: 1, topP: 0.9 };
      return Array.from({ length: 100 }, () => sampleToken(logits, drawing, NONE, random));
    };
    expect(drawAll(5)).toEqual(drawAll(5));
    expect(drawAll(5)).not.toEqual(drawAll(6));
  });

  it("stays with the likeliest token at the least of temperatures", () => {
    const logits = Float32Array.of(-80, 80, 79.9);
    const drawing = { ...GREEDY, temperature: Number.MIN_VALUE, topP: 0.5 };
    expect(sampleToken(logits, drawing, NONE, seededRandom(1))).toBe(1);
  });

  it.each([NaN, Infinity, -Infinity])("refuses to draw from a score of %s", (score) => {
    const logits = Float32Array.of(1, score);
    expect(() => sampleToken(logits, GREEDY, NONE, never)).toThrow(
      expect.objectContaining({ code: "unreadable_output" }),
    );
  });
});
