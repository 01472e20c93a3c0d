import { GENERATOR, GUARD } from "../graphs/graph-recipe.js";
import { withoutBias } from "../graphs/without-bias.js";
import type { Idea } from "../idea.js";
import { MESSAGES, STARTER_MESSAGE, writtenBehind } from "./sizes.js";

export const ATTENTION_IDEAS: readonly Idea[] = [
  {
    name: "read-rows-only",
    what: "in a guard's last layer, queries and attention for the rows read only",
    expected: "a quarter of the starter's attention; 1 % at 8B",
    decision: "done; one layer of two here, but of 32 in all of 8B, where it saves less than 1 %",
    variants: [
      { name: "all rows", graph: { ...GUARD, name: "guard-nowhere", directAttention: "nowhere" } },
      { name: "rows read", graph: GUARD },
    ],
    ...{ timed: MESSAGES, operators: "all", comparesLogits: true },
  },
  {
    name: "past-in-place",
    what: "attention of a generator's step that copies no past",
    expected: "most of attention where the past is long",
    decision: "done; weights take the rest of a step",
    variants: [
      { name: "copied", graph: { ...GENERATOR, name: "generator-last-layer", directAttention: "lastLayer" } },
      { name: "in place", graph: GENERATOR },
    ],
    ...{ timed: [writtenBehind(600), writtenBehind(2000)], operators: "attention" },
  },
  {
    name: "past-in-place-guard",
    what: "the same attention in all layers of a guard",
    expected: "a tenth, from fewer copies",
    decision: "not done: no faster where many tokens ask",
    variants: [
      { name: "last layer", graph: GUARD },
      { name: "all layers", graph: { ...GUARD, name: "guard-everywhere", directAttention: "everywhere" } },
    ],
    ...{ timed: [STARTER_MESSAGE], operators: "all", comparesLogits: true },
  },
  {
    name: "attention-without-tiles",
    what: "the runtime's attention without its tiles (`ORT_GQA_DISABLE_FLASH_ATTENTION`)",
    expected: "nothing",
    decision:
      "not done: scores of all heads would lie in memory at once, 268 MB for a full context of 8B in steps of 256",
    variants: [{ name: "tiles" }, { name: "whole", env: { ORT_GQA_DISABLE_FLASH_ATTENTION: "1" } }],
    ...{ timed: MESSAGES, operators: "attention" },
  },
  {
    name: "attention-without-bias",
    what: "attention without a bias where one request is alone",
    expected: "a tenth of attention",
    decision:
      "not done: a second graph would double the weights in memory, for a little of the smallest model",
    variants: [
      { name: "bias" },
      { name: "none", graph: { ...GUARD, name: "guard-without-bias", rewrite: withoutBias } },
    ],
    ...{ timed: MESSAGES, operators: "attention", comparesLogits: true },
  },
];
