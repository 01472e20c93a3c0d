import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { scoreVerdict, shareAmong } from "../../src/engine/scores.js";
import { thrownBy } from "./thrown-by.js";

const WORDS = { safe: 0, unsafe: 1 };
const logit = fc.float({ min: -80, max: 80, noNaN: true });

describe("scoreVerdict", () => {
  it("lets safe and unsafe add up to 1 and their mass be what softmax gives both", () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 2, maxLength: 40 }), (values) => {
        const logits = Float32Array.from(values);
        const { scoreUnsafe, mass } = scoreVerdict(logits, WORDS);
        const swapped = scoreVerdict(logits, { safe: 1, unsafe: 0 });
        expect(scoreUnsafe + swapped.scoreUnsafe).toBeCloseTo(1, 12);
        const powers = [...logits].map((one) => Math.exp(one - Math.max(...logits)));
        const total = powers.reduce((a, b) => a + b, 0);
        expect(mass).toBeCloseTo((powers[0]! + powers[1]!) / total, 9);
      }),
    );
  });

  it("stays exact where one word is all but certain", () => {
    expect(scoreVerdict(Float32Array.of(0, 50, -90), WORDS)).toEqual({ scoreUnsafe: 1, mass: 1 });
    expect(scoreVerdict(Float32Array.of(700, -700), WORDS).scoreUnsafe).toBe(0);
  });

  it.each([NaN, Infinity, -Infinity])("reads nothing into a score of %s", (odd) => {
    for (const at of [0, 1, 2]) {
      const logits = new Float32Array(3);
      logits[at] = odd;
      expect(thrownBy(() => scoreVerdict(logits, WORDS))).toMatchObject({ code: "unreadable_output" });
    }
  });
});

describe("shareAmong", () => {
  it("is a softmax that has never heard of the other columns", () => {
    const logits = Float32Array.of(1, 100, 2, 3);
    const shares = shareAmong(logits, [0, 3, 2]);
    const powers = [1, 3, 2].map(Math.exp);
    const total = powers.reduce((a, b) => a + b, 0);
    for (const [at, power] of powers.entries()) expect(shares[at]).toBeCloseTo(power / total, 12);
  });

  it("reads nothing into a column that does not exist", () => {
    expect(() => shareAmong(Float32Array.of(1, 2), [0, 5])).toThrow("not finite");
  });
});
