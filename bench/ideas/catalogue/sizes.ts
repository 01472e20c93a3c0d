import type { TimedCase } from "../idea.js";

/** Tokens of the default policy's head, which the cache holds. */
export const HEAD_TOKENS = 608;

/** A short message, as the guard meets it. */
const MESSAGE = { newTokens: 71, pastTokens: HEAD_TOKENS };
export const STARTER_MESSAGE: TimedCase = { model: "starter", size: MESSAGE };
export const LARGE_MESSAGE: TimedCase = { model: "8B", size: MESSAGE };
export const MESSAGES = [STARTER_MESSAGE, LARGE_MESSAGE];

/** One token that a generator writes. */
export const writtenBehind = (pastTokens: number): TimedCase => ({
  ...{ model: "8B", size: { newTokens: 1, pastTokens } },
});
