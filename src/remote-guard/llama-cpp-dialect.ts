import { Ajv } from "ajv";
import { likelyTokens } from "./likely-tokens.js";
import { assertWhole, cut, lacks, placeIn, type ScoreDialect } from "./score-dialect.js";

/** The server sorts its whole vocabulary for any number of them; with these bounds hardly ever matter. */
const LIKELIEST = 64;

const count = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

interface LlamaCppAnswer {
  truncated: boolean;
  tokens_evaluated: number;
  completion_probabilities: { top_logprobs: { id: number; logprob: number }[] }[];
  timings?: { prompt_n?: number };
}

const isLlamaCppAnswer = new Ajv().compile<LlamaCppAnswer>({
  type: "object",
  required: ["truncated", "tokens_evaluated", "completion_probabilities"],
  properties: {
    truncated: { type: "boolean" },
    tokens_evaluated: count,
    completion_probabilities: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["top_logprobs"],
        properties: {
          top_logprobs: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              required: ["id", "logprob"],
              properties: { id: count, logprob: { type: "number" } },
            },
          },
        },
      },
    },
    timings: { type: "object", properties: { prompt_n: count } },
  },
});

/** @see llama.cpp, tools/server/README.md */
export const LLAMA_CPP_DIALECT: ScoreDialect = {
  path: "/completion",
  healthPath: "/health",
  body: (model, tokens) => ({
    ...{ model, prompt: tokens, n_predict: 1, n_probs: LIKELIEST, post_sampling_probs: false },
    ...{ temperature: 0, cache_prompt: true, stream: false },
  }),
  read(json, asked) {
    if (!isLlamaCppAnswer(json)) throw lacks(placeIn(isLlamaCppAnswer.errors?.[0]));
    if (json.truncated) throw cut();
    assertWhole(json.tokens_evaluated, asked);
    const told = json.completion_probabilities[0]!.top_logprobs.map(
      ({ id, logprob }) => [id, logprob] as const,
    );
    const computed = json.timings?.prompt_n ?? asked;
    return likelyTokens(new Map(told), Math.max(0, asked - computed));
  },
  tokenize: {
    path: "/tokenize",
    body: (_model, text) => ({ content: text, add_special: false, parse_special: false }),
  },
};
