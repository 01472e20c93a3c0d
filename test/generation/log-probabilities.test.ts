import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { logProbabilities } from "../../src/generation/log-probabilities.js";

describe("logProbabilities", () => {
  it("tells what sorting a plain log-softmax tells", () => {
    const logit = fc.oneof(fc.constantFrom(0, 1), fc.float({ min: -90, max: 90, noNaN: true }));
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1 }), fc.nat(20), fc.nat(), (values, topCount, pick) => {
        const logits = Float32Array.from(values);
        const highest = Math.max(...logits);
        const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0);
        const order = values.map((_, token) => token).sort((a, b) => logits[b]! - logits[a]! || a - b);
        const token = pick % values.length;
        const { chosen, top } = logProbabilities(logits, token, topCount);
        expect(top.map((one) => one.token)).toEqual(order.slice(0, topCount));
        for (const one of [chosen, ...top])
          expect(one.logprob).toBeCloseTo(logits[one.token]! - highest - Math.log(total), 9);
        expect(chosen.token).toBe(token);
      }),
    );
  });

  it("never exceeds 0, which certainty is", () => {
    expect(logProbabilities(Float32Array.of(1000, 0), 0, 0)).toEqual({
      ...{ chosen: { token: 0, logprob: 0 }, top: [] },
    });
  });
});
