import { describe, expect, test } from "@jest/globals";
import { logitErrorAgainstOracle } from "../fixtures/logit-error.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import type { TinyOptions } from "../fixtures/tiny-checkpoint.js";

const LLAMA31_ROPE = {
  ...{ rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
  original_max_position_embeddings: 32, // fewer than the tokens; all three ranges of wavelengths occur
};
const TOKENS = randomTokens(48, 41);
const LOUD = { channels: 3, factor: 16, seed: 43 };

type Choice = readonly [name: string, options: TinyOptions];
const heads: readonly Choice[] = [
  ["1 query head per key head", { heads: 4, kvHeads: 4, hiddenSize: 64 }],
  ["4 query heads per key head", { heads: 4, kvHeads: 1, hiddenSize: 64 }],
  ["8 query heads per key head", { heads: 8, kvHeads: 1, hiddenSize: 128 }],
];
const widths: readonly Choice[] = [
  ["as wide as their share", { headDim: 16 }],
  ["wider than their share", { headDim: 32 }],
];
const ropes: readonly Choice[] = [
  ["plain rope", {}],
  ["rope of Llama 3.1", { ropeScaling: LLAMA31_ROPE }],
];
const embeddings: readonly Choice[] = [
  ["tied", {}],
  ["untied", { tied: false }],
];

const combine = (some: readonly Choice[], others: readonly Choice[]): Choice[] =>
  some.flatMap(([name, options]) =>
    others.map(([more, added]): Choice => [`${name}, ${more}`, { ...options, ...added }]),
  );
const shapes = [heads, widths, ropes, embeddings].reduce(combine);

describe("a graph in float32", () => {
  // Sums of some hundred products in float32: 0.5e-6 to 1.3e-6 was seen.
  test.each([...shapes, ["with loud channels", { outliers: LOUD }] as const])(
    "computes what the oracle does: %s",
    async (_, options) => {
      const error = await logitErrorAgainstOracle({ seed: 42, ...options }, "fp32", TOKENS);
      expect(error).toBeLessThan(1e-5);
    },
  );
});
