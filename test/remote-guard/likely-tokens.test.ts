import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { likelyTokens } from "../../src/remote-guard/likely-tokens.js";

const told = (...shares: number[]) => new Map(shares.map((share, id) => [id, Math.log(share)]));

describe("likelyTokens", () => {
  it("bounds what is left out by the least likely token told", () => {
    expect(Math.exp(likelyTokens(told(0.5, 0.2, 0.01), 0).untold)).toBeCloseTo(0.01, 9);
  });

  it("bounds what is left out by what the told ones leave", () => {
    expect(Math.exp(likelyTokens(told(0.7, 0.299), 0).untold)).toBeCloseTo(0.001, 5);
  });

  it("never bounds below what a left-out token really has", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -12, max: 0, noNaN: true }), { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (logits, most) => {
          const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
          const sorted = logits.map((logit) => logit - total).sort((one, other) => other - one);
          const { untold } = likelyTokens(new Map(sorted.slice(0, most).map((value, id) => [id, value])), 0);
          for (const left of sorted.slice(most)) expect(untold).toBeGreaterThanOrEqual(left - 1e-9);
        },
      ),
    );
  });

  it.each([
    ["nothing", new Map<number, number>()],
    ["what is no number", new Map([[1, NaN]])],
    ["more than certainty", new Map([[1, 0.1]])],
    ["shares that add up to more than one", told(0.9, 0.9)],
  ])("refuses %s", (_, logprobs) => {
    expect(() => likelyTokens(logprobs, 0)).toThrow(expect.objectContaining({ code: "unreadable_output" }));
  });
});
