import { Ajv } from "ajv";
import { likelyTokens } from "./likely-tokens.js";
import { assertWhole, lacks, placeIn, type ScoreDialect } from "./score-dialect.js";

/** vLLM tells no more unless it is started with `--max-logprobs`. */
const LIKELIEST = 20;

const count = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

interface VllmAnswer {
  choices: { logprobs: { top_logprobs: Record<string, number>[] } }[];
  usage: { prompt_tokens: number; prompt_tokens_details?: { cached_tokens?: number | null } | null };
}

const isVllmAnswer = new Ajv().compile<VllmAnswer>({
  type: "object",
  required: ["choices", "usage"],
  properties: {
    choices: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["logprobs"],
        properties: {
          logprobs: {
            type: "object",
            required: ["top_logprobs"],
            properties: {
              top_logprobs: {
                type: "array",
                minItems: 1,
                items: { type: "object", additionalProperties: { type: "number" } },
              },
            },
          },
        },
      },
    },
    usage: {
      type: "object",
      required: ["prompt_tokens"],
      properties: {
        prompt_tokens: count,
        prompt_tokens_details: {
          type: "object",
          nullable: true,
          properties: { cached_tokens: { ...count, nullable: true } },
        },
      },
    },
  },
});

/**
 * `/generative_scoring` would give the softmax over the two words at once, but not how much both hold together,
 * and so could not tell a verdict from a stammer.
 * @see vLLM, entrypoints/openai/completion/protocol.py
 */
export const VLLM_DIALECT: ScoreDialect = {
  path: "/v1/completions",
  healthPath: "/health",
  body: (model, tokens) => ({
    model,
    prompt: tokens,
    max_tokens: 1,
    logprobs: LIKELIEST,
    return_tokens_as_token_ids: true,
    ignore_eos: true, // the end of an answer is a token like any other here
    // Probabilities are told before any of this; a server set to tell them after must not change them either.
    ...{ temperature: 0, top_p: 1, top_k: -1, min_p: 0, repetition_penalty: 1 },
  }),
  read(json, asked) {
    if (!isVllmAnswer(json)) throw lacks(placeIn(isVllmAnswer.errors?.[0]));
    const { choices, usage } = json;
    assertWhole(usage.prompt_tokens, asked);
    const told = Object.entries(choices[0]!.logprobs.top_logprobs[0]!).map(([key, logprob]) => {
      const id = /^token_id:(\d{1,9})$/.exec(key)?.[1];
      if (id === undefined) throw lacks("token ids (return_tokens_as_token_ids)");
      return [Number(id), logprob] as const;
    });
    return likelyTokens(new Map(told), usage.prompt_tokens_details?.cached_tokens ?? 0);
  },
  tokenize: {
    path: "/tokenize",
    body: (model, text) => ({ model, prompt: text, add_special_tokens: false }),
  },
};
