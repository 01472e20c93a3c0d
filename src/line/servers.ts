/** Servers of models that are known, each by what it says of itself. */
export const SERVER_NAMES = ["vllm", "tgi", "llama.cpp", "ollama", "openai"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** How a server says who it is. */
export interface Server {
  /** Name in messages. */
  readonly title: string;
  /** Whether its list of models must hold ours. */
  readonly listsModel: boolean;
  /** Where it says how many tokens its context holds, from the root of its address. */
  readonly context: {
    readonly path: string;
    readonly read: (answer: unknown, model: string) => unknown;
  } | null;
}

/** Read in the code or the documents of each project. */
export const SERVERS: Readonly<Record<ServerName, Server>> = {
  vllm: {
    title: "vLLM",
    listsModel: true,
    context: { path: "/v1/models", read: (answer, model) => entryOf(answer, model)["max_model_len"] },
  },
  tgi: {
    title: "Text Generation Inference",
    listsModel: false,
    context: { path: "/info", read: (answer) => record(answer)["max_total_tokens"] },
  },
  "llama.cpp": {
    title: "llama.cpp server",
    listsModel: true,
    context: {
      path: "/props", // the list of models tells the length in training, not the one in use
      read: (answer) => record(record(answer)["default_generation_settings"])["n_ctx"],
    },
  },
  ollama: { title: "Ollama", listsModel: true, context: null },
  openai: { title: "the OpenAI API", listsModel: true, context: null },
};

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function entryOf(answer: unknown, model: string): Readonly<Record<string, unknown>> {
  const { data } = record(answer);
  return record(Array.isArray(data) ? data.find((entry) => record(entry)["id"] === model) : undefined);
}
