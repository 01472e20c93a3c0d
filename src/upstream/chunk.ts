import { Ajv } from "ajv";
import { GuardError } from "../base/index.js";
import { faultInAnswer } from "../line/index.js";

/** A piece of an answer, of chats and of completions, or a whole one, which has `message` for `delta`. */
export interface Chunk {
  readonly choices?: readonly ChunkChoice[] | null;
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens?: number } | null;
  /** Of llama.cpp: something was cut to fit the context. */
  readonly truncated?: boolean | null;
}

export interface ChunkChoice {
  readonly index?: number;
  readonly delta?: Words | null;
  readonly message?: Words | null;
  readonly text?: string | null;
  readonly logprobs?: ChunkLogprobs | null;
  readonly finish_reason?: string | null;
}

/** Thoughts, which some servers tell under further names, are not read: nobody judges them. */
export interface Words {
  readonly content?: string | null;
  /** What OpenAI's models say instead of an answer; it is text like any other. */
  readonly refusal?: string | null;
  readonly tool_calls?: readonly CallPiece[] | null;
}

export interface CallPiece {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
}

export interface ChunkLogprobs {
  /** In chats, and everywhere in llama.cpp. */
  readonly content?: readonly TokenItem[] | null;
  readonly refusal?: readonly TokenItem[] | null;
  /** In completions, three lists side by side. */
  readonly tokens?: readonly string[] | null;
  readonly token_logprobs?: readonly number[] | null;
  readonly top_logprobs?: readonly (Readonly<Record<string, number>> | null)[] | null;
}

export interface TokenItem {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly TokenItem[] | null;
}

const text = { type: "string", nullable: true } as const;
const count = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const list = (items: object) => ({ type: "array", nullable: true, items }) as const;
const object = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  nullable: true,
  properties,
  required,
});

const tokenItem = (further: object): object => ({
  type: "object",
  required: ["token", "logprob"],
  properties: {
    token: { type: "string" },
    logprob: { type: "number" },
    bytes: list({ type: "integer", minimum: 0, maximum: 255 }),
    ...further,
  },
});
const tokenItems = list(tokenItem({ top_logprobs: list(tokenItem({})) }));

const call = object({ index: count, id: text, function: object({ name: text, arguments: text }) });
const words = object({ content: text, refusal: text, tool_calls: list({ ...call, nullable: false }) });
const logprobs = object({
  content: tokenItems,
  refusal: tokenItems,
  tokens: list({ type: "string" }),
  token_logprobs: list({ type: "number" }),
  top_logprobs: list({ ...object({}), additionalProperties: { type: "number" } }),
});
const choice = {
  ...object({ index: count, delta: words, message: words, text, logprobs, finish_reason: text }),
  nullable: false,
};

const isChunk = new Ajv().compile<Chunk>({
  type: "object",
  properties: {
    choices: list(choice),
    usage: object({ prompt_tokens: count, completion_tokens: count }, ["prompt_tokens"]),
    truncated: { type: "boolean", nullable: true },
  },
  anyOf: [
    { required: ["choices"], properties: { choices: { type: "array" } } },
    { required: ["usage"], properties: { usage: { type: "object" } } },
  ],
});

/**
 * @throws GuardError the server's own fault where it tells one, `{"error": {…}}`, `{"error": "…"}` or
 *   `{"object": "error"}`; `upstream_failed` for what is no piece of an answer
 */
export function parseChunk(json: unknown): Chunk {
  if (typeof json === "object" && json !== null) {
    const { error, object: kind } = json as { error?: unknown; object?: unknown };
    if (kind === "error") throw faultInAnswer(json);
    if (error !== undefined && error !== null) throw faultInAnswer(typeof error === "string" ? json : error);
  }
  if (!isChunk(json))
    throw new GuardError(
      "upstream_failed",
      `the model server sent what is no piece of an answer (at ${placeOf(isChunk.errors?.[0]?.instancePath)})`,
    );
  return json;
}

/** Where the fault lies, without the names that keys of people's own might bring in. */
const placeOf = (path = ""): string => (path === "" ? "the whole" : path.split("/").slice(0, 4).join("/"));
