import { GENERATOR, GUARD, type GraphRecipe } from "../graphs/graph-recipe.js";
import { int4InBlocksOf } from "../graphs/int4-in-blocks.js";
import { quantizeLinearProduct } from "../graphs/quantize-linear.js";
import type { Idea } from "../idea.js";
import { MESSAGES, writtenBehind } from "./sizes.js";

const inBlocksOf = (block: number): GraphRecipe => ({
  ...{ ...GENERATOR, name: `generator-blocks-${String(block)}`, linear: () => int4InBlocksOf(block) },
});
const WRITTEN = writtenBehind(600);

export const PRODUCT_IDEAS: readonly Idea[] = [
  {
    name: "quantize-linear",
    what: "one operator (`QuantizeLinear` by token) for three that make int8 activations",
    expected: "3 to 5 % of the starter, 0.5 % at 8B",
    decision: "not done: nothing beyond noise",
    variants: [
      { name: "three" },
      { name: "one", graph: { ...GUARD, name: "guard-quantize-linear", linear: quantizeLinearProduct } },
    ],
    ...{ timed: MESSAGES, operators: "elementwise", comparesLogits: true },
  },
  {
    name: "int4-blocks",
    what: "4-bit weights in blocks of 64 and 128 instead of 32",
    expected: "a tenth faster, from fewer scales",
    decision: "not done: 4-bit weights round worse in larger blocks",
    graph: GENERATOR,
    variants: [
      { name: "blocks of 32" },
      { name: "of 64", graph: inBlocksOf(64) },
      { name: "of 128", graph: inBlocksOf(128) },
    ],
    timed: [WRITTEN],
    memory: [{ model: "8B", sizes: [WRITTEN.size] }],
  },
];
