import { expect, it } from "@jest/globals";
import { usefulThreads } from "../../../src/engine/child/useful-threads.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const LLAMA_3_8B = {
  ...TINY_GEOMETRY,
  ...{ layers: 32, hiddenSize: 4096, ffnSize: 14_336, heads: 32, kvHeads: 8, headDim: 128 },
};

it("gives a large model all threads it may have, and a small one what keeps them busy", () => {
  expect(usefulThreads(LLAMA_3_8B, 64)).toBe(64);
  expect(usefulThreads(TINY_GEOMETRY, 64)).toBe(1);
  const middling = {
    ...LLAMA_3_8B,
    layers: 16,
    hiddenSize: 576,
    ffnSize: 1536,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
  };
  expect(usefulThreads(middling, 64)).toBe(14); // 56.6 million weights
  expect(usefulThreads(middling, 2)).toBe(2);
});
