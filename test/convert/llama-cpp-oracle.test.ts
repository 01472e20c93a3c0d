import { beforeAll, describe, expect, it, test } from "@jest/globals";
import { convertTiny, graphLogits, type ConvertedTiny } from "../fixtures/convert-tiny.js";
import { llamaGguf } from "../fixtures/gguf/llama-gguf.js";
import { llamaCppLogits, whyNoLlamaCpp } from "../fixtures/gguf/run-llama-cpp.js";
import { logitError } from "../fixtures/logit-error.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import type { TinyOptions } from "../fixtures/tiny-checkpoint.js";

const LLAMA31_ROPE = {
  ...{ rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
  original_max_position_embeddings: 64, // far fewer than the tokens; all three ranges of wavelengths occur
};
const TOKENS = randomTokens(192, 51);

const SHAPES: Readonly<Record<string, TinyOptions>> = {
  tied: { seed: 52 },
  untied: { tied: false, seed: 53 },
  "1 query head per key head": { kvHeads: 4, seed: 54 },
  "4 query heads per key head": { kvHeads: 1, seed: 55 },
  "8 query heads per key head": { heads: 8, kvHeads: 1, hiddenSize: 128, seed: 56 },
  "heads wider than hidden size over heads": { headDim: 32, seed: 57 },
  "the rope of Llama 3.1": { ropeScaling: LLAMA31_ROPE, seed: 58 },
  "all of it": { heads: 8, kvHeads: 1, headDim: 32, tied: false, ropeScaling: LLAMA31_ROPE, seed: 59 },
};

const missing = await whyNoLlamaCpp();
const skipped = missing === null ? "" : `, skipped because llama.cpp does not run here: ${missing}`;

describe("llama.cpp", () => {
  it("is installed where it has to run", () => {
    if (process.platform === "linux" && process.arch === "x64")
      expect(missing ?? "").not.toMatch(/not found/);
  });
});

(missing === null ? describe : describe.skip)(`a graph in float32 and llama.cpp${skipped}`, () => {
  let converted: ReadonlyMap<string, ConvertedTiny>;
  let expected: ReadonlyMap<string, readonly number[][]>;
  beforeAll(async () => {
    const made: [string, ConvertedTiny][] = [];
    for (const [name, options] of Object.entries(SHAPES))
      made.push([name, await convertTiny(options, "fp32")]);
    const files = made.map(([, { checkpoint }]) => llamaGguf(checkpoint));
    const logits = await llamaCppLogits(files, TOKENS);
    converted = new Map(made);
    expected = new Map(made.map(([name], i) => [name, logits[i]!]));
  });

  // Either rounds to float32 in its own order: 1e-6 to 4e-6 was seen, this graph's share of it below 2e-6.
  test.each(Object.keys(SHAPES))("compute the same: %s", async (name) => {
    const actual = await graphLogits(converted.get(name)!, TOKENS);
    expect(logitError(actual, expected.get(name)!)).toBeLessThan(1e-5);
  });

  it("would differ if the rope were not scaled", async () => {
    const name = "the rope of Llama 3.1";
    const plain = await convertTiny({ ...SHAPES[name], ropeScaling: null }, "fp32");
    expect(logitError(await graphLogits(plain, TOKENS), expected.get(name)!)).toBeGreaterThan(0.1);
  });
});
