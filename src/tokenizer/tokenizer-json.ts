import { GuardError } from "../base/index.js";

/** What a tokenizer needs of a `tokenizer.json`; the post-processor is not among it: prompts name their controls. */
export interface TokenizerJson {
  readonly pre_tokenizer: unknown;
  readonly decoder: unknown;
  readonly model: {
    readonly type: "BPE";
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly unknown[];
    readonly ignore_merges: boolean;
  };
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
}

/** Options of BPE that Llama 3 does not use and that would give other tokens. */
const UNSUPPORTED_OPTIONS = ["dropout", "byte_fallback", "continuing_subword_prefix", "end_of_word_suffix"];

const fault = (what: string): GuardError => new GuardError("bad_model_file", `tokenizer.json: ${what}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTokenId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/**
 * Checks the properties everything here leans on: byte-level BPE without a normalizer (so tokens are exactly
 * the bytes of the text), and control tokens numbered above all plain ones (so one comparison tells them apart).
 * @throws GuardError `bad_model_file`
 */
export function parseTokenizerJson(value: unknown): TokenizerJson {
  if (!isRecord(value)) throw fault("is not an object");
  const { model, added_tokens: added, normalizer, pre_tokenizer, decoder } = value;
  if (
    !isRecord(model) ||
    model["type"] !== "BPE" ||
    !isRecord(model["vocab"]) ||
    !Array.isArray(model["merges"])
  )
    throw fault("model is not BPE with a vocab and merges");
  const altering = UNSUPPORTED_OPTIONS.find((option) => Boolean(model[option]));
  if (altering !== undefined) throw fault(`model.${altering} is not supported`);
  if (normalizer !== null && normalizer !== undefined)
    throw fault("a normalizer changes text; none is supported");
  if (!JSON.stringify(pre_tokenizer ?? null).includes('"ByteLevel"'))
    throw fault("pre_tokenizer is not ByteLevel");
  if (!Array.isArray(added) || added.length === 0)
    throw fault("added_tokens is empty: there are no control tokens");
  const controls = added.map((token: unknown, index) => {
    if (
      isRecord(token) &&
      isTokenId(token["id"]) &&
      typeof token["content"] === "string" &&
      token["content"] !== ""
    )
      return { id: token["id"], content: token["content"] };
    throw fault(`added_tokens/${String(index)} needs an id and a content`);
  });
  const firstControlId = Math.min(...controls.map(({ id }) => id));
  const names = new Set(controls.map(({ content }) => content));
  // Some files list control tokens a second time among the plain ones, where text could find them.
  const plain = Object.entries(model["vocab"]).filter(([content]) => !names.has(content));
  if (!plain.every(([, id]) => isTokenId(id) && id < firstControlId))
    throw fault("a plain token is numbered like a control token");
  const vocab = Object.fromEntries(plain) as Record<string, number>;
  return {
    pre_tokenizer,
    decoder,
    model: { type: "BPE", vocab, merges: model["merges"], ignore_merges: model["ignore_merges"] === true },
    added_tokens: controls,
  };
}
