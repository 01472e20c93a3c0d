import { GENERATOR } from "../graphs/graph-recipe.js";
import type { Idea } from "../idea.js";
import { HEAD_TOKENS } from "./sizes.js";

export const STEP_IDEAS: readonly Idea[] = [
  {
    name: "larger-steps",
    what: "512 tokens in one step instead of two of 256",
    expected: "faster products, slower attention",
    decision: "not done: a few hundredths, for steps twice as long that others wait for",
    variants: [
      { name: "two", stepTokens: 256 },
      { name: "one", stepTokens: 512 },
    ],
    timed: [{ model: "8B", size: { newTokens: 512, pastTokens: HEAD_TOKENS } }],
  },
  {
    name: "short-generator-steps",
    what: "a generator's prompt in steps of 64 instead of 256 tokens",
    expected: "slower products",
    decision:
      "done: the attention that reads the past in place holds scores in memory, at 8B and 8,192 tokens 67 instead of 268 MB for every copy of them",
    graph: GENERATOR,
    variants: [
      { name: "256", stepTokens: 256 },
      { name: "64", stepTokens: 64 },
    ],
    timed: [{ model: "8B", size: { newTokens: 256, pastTokens: HEAD_TOKENS } }],
  },
];
