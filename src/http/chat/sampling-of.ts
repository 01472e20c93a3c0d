import type { GeneratorInfo, Sampling } from "../../generation/index.js";
import type { CommonRequest } from "./common-request.js";

/** Some 750 words. Longer answers are asked for: an answer is held in memory, and judged, as it grows. */
const DEFAULT_MAX_TOKENS = 1024;

/**
 * OpenAI's defaults, not those of Llama's own examples (0.6 and 0.9): clients of OpenAI leave out what they believe
 * to be 1.
 */
export const samplingOf = (
  request: CommonRequest,
  maxTokens: number | null,
  topLogprobs: number | null,
  { contextTokens }: Pick<GeneratorInfo, "contextTokens">,
): Sampling => ({
  temperature: request.temperature ?? 1,
  topP: request.top_p ?? 1,
  seed: request.seed ?? null,
  maxTokens: maxTokens ?? defaultMaxTokens(contextTokens),
  stop: typeof request.stop === "string" ? [request.stop] : (request.stop ?? []),
  presencePenalty: request.presence_penalty ?? 0,
  frequencyPenalty: request.frequency_penalty ?? 0,
  topLogprobs,
});

/** The other half of a short context is for the prompt. */
const defaultMaxTokens = (contextTokens: number | null): number =>
  Math.max(1, Math.min(DEFAULT_MAX_TOKENS, Math.floor((contextTokens ?? Infinity) / 2)));
