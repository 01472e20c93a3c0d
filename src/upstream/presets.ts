import type { FinishReason } from "../generation/index.js";
import type { ServerName } from "../line/index.js";

/** Where one server that speaks OpenAI's protocol differs from the others. */
export interface Preset {
  /** What goes on the wire in place of the model's name; null where the name itself does. */
  readonly wireModel: string | null;
  /** Whether one request may ask for several answers. Where it may not, each answer takes a request. */
  readonly manyChoices: boolean;
  /** In chats; completions know only `max_tokens`. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** Whether a `top_p` of 1, which cuts nothing, may be said. */
  readonly topPOfOne: boolean;
  /** Whether `presence_penalty` means what OpenAI says it does. */
  readonly presencePenalty: boolean;
  /** Most alternatives told with each token, in chats and in completions. */
  readonly maxTopLogprobs: { readonly chat: number; readonly completions: number };
  readonly tools: boolean;
  /** Whether an answer that ends at a stop text ends with it, rather than before it. */
  readonly writesStops: boolean;
  /** Sampling that the server would add on its own, switched off, so that numbers mean the same everywhere. */
  readonly neutral: Readonly<Record<string, number>>;
  readonly finishReasons: Readonly<Record<string, FinishReason>>;
  /** Whether a prompt that is too long is cut without a word rather than refused. */
  readonly cutsPrompts: boolean;
}

const FINISH_REASONS = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
} as const;

const PLAIN: Preset = {
  wireModel: null,
  manyChoices: true,
  maxTokensField: "max_tokens",
  topPOfOne: true,
  presencePenalty: true,
  maxTopLogprobs: { chat: 20, completions: 20 },
  tools: true,
  writesStops: false,
  neutral: {},
  finishReasons: FINISH_REASONS,
  cutsPrompts: false,
};

/** Read in the code or the documents of each project, unless a line says that it was only heard of. */
export const PRESETS: Readonly<Record<ServerName, Preset>> = {
  vllm: {
    ...PLAIN,
    // Defaults come from the model's generation_config.json, which may hold any of these.
    neutral: { top_k: -1, min_p: 0, repetition_penalty: 1 },
  },
  tgi: {
    ...PLAIN,
    wireModel: "tgi", // unused; any other name than this has been refused by some versions
    manyChoices: false, // `n` is read and left unused
    topPOfOne: false, // refused: it must be below 1
    presencePenalty: false, // becomes a repetition penalty of 2 more: even 0 would change the answer
    maxTopLogprobs: { chat: 5, completions: 5 },
    writesStops: true, // known from its clients, which cut them off
    tools: false, // the shape of streamed calls has changed from version to version
    finishReasons: { ...FINISH_REASONS, stop_sequence: "stop", eos_token: "stop" },
  },
  "llama.cpp": {
    ...PLAIN,
    manyChoices: false, // refused by most versions
    neutral: { top_k: 0, min_p: 0 }, // by default 40 and 0.05
  },
  ollama: {
    ...PLAIN,
    manyChoices: false, // has no `n`
    // `num_ctx` cannot be said over this protocol; it is the model file's or OLLAMA_CONTEXT_LENGTH's. Sampling
    // that the model file adds (top_k, repeat_penalty) cannot be switched off either.
    cutsPrompts: true,
  },
  openai: {
    ...PLAIN,
    maxTokensField: "max_completion_tokens", // the older name is refused by newer models
    maxTopLogprobs: { chat: 20, completions: 5 },
  },
};
