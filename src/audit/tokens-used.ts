import type { JudgementUsage } from "../guard/index.js";

/** Tokens of guard prompts: all, found in the cache, put through the model. */
export type TokensUsed = JudgementUsage;

export const NO_TOKENS: TokensUsed = Object.freeze({ promptTokens: 0, cachedTokens: 0, computedTokens: 0 });

export const addTokens = (one: TokensUsed, other: TokensUsed): TokensUsed => ({
  promptTokens: one.promptTokens + other.promptTokens,
  cachedTokens: one.cachedTokens + other.cachedTokens,
  computedTokens: one.computedTokens + other.computedTokens,
});
