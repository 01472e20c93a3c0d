import type { Judgement } from "../guard/index.js";

/** A judgement as callers read it. */
export const verdictOnWire = ({ usage, ...judgement }: Judgement) => ({
  ...judgement,
  usage: {
    tokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    computedTokens: usage.computedTokens,
  },
});
