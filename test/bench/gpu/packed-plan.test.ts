import { expect, it } from "@jest/globals";
import { demandOf, newTokensOf, PLANS } from "../../../bench/gpu/packed-plan.js";
import type { ModelGeometry } from "../../../src/model/index.js";

const geometry: ModelGeometry = {
  ...{ vocabSize: 100, hiddenSize: 32, layers: 2, heads: 2, kvHeads: 1, headDim: 16, ffnSize: 64 },
  ...{ contextTokens: 2048, ropeTheta: 10_000, ropeScaling: null, rmsNormEps: 1e-5 },
};

it("demands less of short sequences, which do not look at one another", () => {
  const [alone, packed] = PLANS.map((plan) => demandOf(geometry, plan));
  expect(packed).toBeLessThan(alone!);
  expect(packed).toBeGreaterThan(alone! / 2);
});

it("measures full steps of the same size", () => {
  expect(PLANS.map(newTokensOf)).toEqual([256, 256]);
});
