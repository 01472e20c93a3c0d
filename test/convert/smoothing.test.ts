import { describe, expect, it, test } from "@jest/globals";
import { largestOfGroup, SITES, spreadOverGroup, type LayerSmoothing } from "../../src/convert/smoothing.js";
import { convertTiny, graphLogits } from "../fixtures/convert-tiny.js";
import { logitError } from "../fixtures/logit-error.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import { referenceForward } from "../fixtures/reference-forward.js";
import { seededRandom } from "../fixtures/seeded-random.js";
import { TINY, type TinyOptions } from "../fixtures/tiny-checkpoint.js";

/** Divisors between 1/8 and 8, other ones everywhere. */
function anySmoothing(given: TinyOptions): LayerSmoothing[] {
  const { layers, hiddenSize, kvHeads, headDim, ffnSize } = { ...TINY, ...given };
  const widths = {
    attentionIn: hiddenSize,
    attentionOut: kvHeads * headDim,
    mlpIn: hiddenSize,
    mlpDown: ffnSize,
  };
  const random = seededRandom(77);
  const divisors = (width: number): Float32Array =>
    Float32Array.from({ length: width }, () => 8 ** (2 * random() - 1));
  return Array.from({ length: layers }, () => {
    const [attentionIn, attentionOut, mlpIn, mlpDown] = SITES.map((site) => divisors(widths[site]));
    return { attentionIn: attentionIn!, attentionOut: attentionOut!, mlpIn: mlpIn!, mlpDown: mlpDown! };
  });
}

describe("smoothing", () => {
  const shapes: [string, TinyOptions][] = [
    ["two query heads per key head", {}],
    ["as many key heads as query heads", { kvHeads: 4, tied: false, seed: 2 }],
    ["eight query heads per key head, wide", { heads: 8, kvHeads: 1, headDim: 32, seed: 3 }],
  ];
  test.each(shapes)("leaves the function as it was, whatever the divisors: %s", async (_, options) => {
    const converted = await convertTiny(options, "fp32", { smoothing: anySmoothing(options) });
    const tokens = randomTokens(48, 78);
    const exact = referenceForward(converted.checkpoint, tokens).logits;
    expect(logitError(await graphLogits(converted, tokens), exact)).toBeLessThan(1e-5);
  });

  it("is really there: the keys stay, the rounding changes", async () => {
    const tokens = randomTokens(48, 79);
    const plain = await graphLogits(await convertTiny({}, "int8"), tokens);
    const smoothed = await graphLogits(
      await convertTiny({}, "int8", { smoothing: anySmoothing({}) }),
      tokens,
    );
    expect(logitError(smoothed, plain)).toBeGreaterThan(1e-3);
  });
});

const SHAPE = {
  ...{ vocabSize: 9, hiddenSize: 8, layers: 1, heads: 4, kvHeads: 2, headDim: 2, ffnSize: 8 },
  ...{ contextTokens: 8, ropeTheta: 1e4, ropeScaling: null, rmsNormEps: 1e-5 },
};

describe("groups of query heads", () => {
  it("share what is known of their values", () => {
    expect([...spreadOverGroup(Float32Array.of(1, 2, 3, 4), SHAPE)]).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
  });

  it("give their values the largest they show", () => {
    expect([...largestOfGroup(Float32Array.of(1, 2, 5, 0, 3, 4, 3, 9), SHAPE)]).toEqual([5, 2, 3, 9]);
  });
});
