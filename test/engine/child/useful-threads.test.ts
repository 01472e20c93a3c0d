import { expect, it } from "@jest/globals";
import { usefulThreads } from "../../../src/engine/child/useful-threads.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const LLAMA_3_8B = {
  ...TINY_GEOMETRY,
  ...{ layers: 32, hiddenSize: 4096, ffnSize: 14_336, heads: 32, kvHeads: 8, headDim: 128 },
};
/** 56.6 million weights in its layers. */
const MIDDLING = {
  ...TINY_GEOMETRY,
  ...{ layers: 16, hiddenSize: 576, ffnSize: 1536, heads: 9, kvHeads: 3, headDim: 64 },
};

it.each(["guard", "generator"] as const)("gives a %s of 8B all threads it may have", (task) => {
  expect(usefulThreads(LLAMA_3_8B, task, 64)).toBe(64);
});

it("gives a small model what keeps them busy: more where steps have many tokens", () => {
  expect(usefulThreads(TINY_GEOMETRY, "guard", 64)).toBe(1);
  expect(usefulThreads(MIDDLING, "guard", 64)).toBe(56);
  expect(usefulThreads(MIDDLING, "generator", 64)).toBe(3);
  expect(usefulThreads(MIDDLING, "generator", 2)).toBe(2);
});
