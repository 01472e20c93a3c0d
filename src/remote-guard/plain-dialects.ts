import { Ajv } from "ajv";
import { GuardError } from "../base/index.js";
import type { ServerName } from "../line/index.js";

/** How one server is asked to go on from a text. */
export interface PlainDialect {
  readonly path: string;
  readonly healthPath: string;
  body(model: string, prompt: PlainPrompt): object;
  /** @throws GuardError `upstream_failed` for what is no answer */
  read(json: unknown): PlainAnswer;
  /** Whether a prompt that is too long is cut without a word, so that a count must prove that it was not. */
  readonly cutsPrompts: boolean;
}

export interface PlainPrompt {
  /** Without the token it begins with: these servers put it there themselves. */
  readonly text: string;
  readonly maxTokens: number;
  readonly contextTokens: number;
}

export interface PlainAnswer {
  readonly text: string;
  /** Tokens of the prompt as the server read it; null where it does not say. */
  readonly promptTokens: number | null;
}

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER, nullable: true } as const;
const ajv = new Ajv();

const isTgiAnswer = ajv.compile<{ generated_text: string }>({
  type: "object",
  required: ["generated_text"],
  properties: { generated_text: text },
});

const isOllamaAnswer = ajv.compile<{ response: string; prompt_eval_count?: number | null }>({
  type: "object",
  required: ["response", "done"],
  properties: { response: text, done: { const: true }, prompt_eval_count: count },
});

const isCompletion = ajv.compile<{
  choices: { text: string }[];
  usage?: { prompt_tokens?: number | null } | null;
}>({
  type: "object",
  required: ["choices"],
  properties: {
    choices: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["text"], properties: { text } },
    },
    usage: { type: "object", nullable: true, properties: { prompt_tokens: count } },
  },
});

/** Servers that take a prompt only as text, or tell no probabilities by token id. */
export const PLAIN_DIALECTS: Readonly<Partial<Record<ServerName, PlainDialect>>> = {
  tgi: {
    path: "/generate", // its OpenAI routes would do as well; this one adds no sampling of its own
    healthPath: "/health",
    body: (_model, { text: inputs, maxTokens }) => ({
      inputs,
      parameters: { max_new_tokens: maxTokens, do_sample: false, return_full_text: false },
    }),
    read(json) {
      if (!isTgiAnswer(json)) throw noAnswer();
      return { text: json.generated_text, promptTokens: null };
    },
    cutsPrompts: false, // refused, unless `truncate` asks for it
  },
  ollama: {
    path: "/api/generate", // its OpenAI routes put the model's own template around every prompt
    healthPath: "/v1/models",
    body: (model, { text: prompt, maxTokens, contextTokens }) => ({
      ...{ model, prompt, raw: true, stream: false },
      options: { temperature: 0, num_predict: maxTokens, num_ctx: contextTokens },
    }),
    read(json) {
      if (!isOllamaAnswer(json)) throw noAnswer();
      return { text: json.response, promptTokens: json.prompt_eval_count ?? null };
    },
    cutsPrompts: true,
  },
  openai: {
    path: "/v1/completions",
    healthPath: "/v1/models",
    body: (model, { text: prompt, maxTokens }) => ({
      ...{ model, prompt, max_tokens: maxTokens, temperature: 0 },
    }),
    read(json) {
      if (!isCompletion(json)) throw noAnswer();
      return { text: json.choices[0]!.text, promptTokens: json.usage?.prompt_tokens ?? null };
    },
    cutsPrompts: false,
  },
};

const noAnswer = (): GuardError =>
  new GuardError(
    "upstream_failed",
    "what the guard's server sent is no answer: is it what its settings say?",
  );
