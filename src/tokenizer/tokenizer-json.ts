import { GuardError } from "../base/index.js";
import { readLeadingSpace, type LeadingSpace } from "./leading-space.js";

/** What a tokenizer needs of a `tokenizer.json`; the post-processor is not among it: prompts name their controls. */
export type TokenizerJson = ByteLevelJson | MetaspaceJson;

/** Text as bytes; Llama 3. */
export interface ByteLevelJson extends BpeJson {
  readonly kind: "byteLevel";
  readonly pre_tokenizer: unknown;
  readonly decoder: unknown;
}

/** Text as characters, spaces as U+2581, bytes for what the vocabulary lacks; Llama 2. */
export interface MetaspaceJson extends BpeJson {
  readonly kind: "metaspace";
  readonly leadingSpace: LeadingSpace;
}

interface BpeJson {
  readonly model: {
    /** Without control tokens. */
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly unknown[];
    readonly type: "BPE";
    readonly ignore_merges: boolean;
  };
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
}

/** Options of BPE that neither kind uses and that would give other tokens. */
const UNSUPPORTED_OPTIONS = ["dropout", "continuing_subword_prefix", "end_of_word_suffix"];

const fault = (what: string): GuardError => new GuardError("bad_model_file", `tokenizer.json: ${what}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTokenId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/**
 * Checks the property everything here leans on: control tokens are numbered apart from plain ones, above them
 * all (Llama 3) or below (Llama 2). None between, so that a control token missing from `added_tokens` is found out.
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
  const added_tokens = parseControls(added);
  const bpe: BpeJson = {
    model: {
      type: "BPE",
      vocab: plainVocabulary(model["vocab"], added_tokens),
      merges: model["merges"],
      ignore_merges: model["ignore_merges"] === true,
    },
    added_tokens,
  };

  const leadingSpace = readLeadingSpace(normalizer, pre_tokenizer);
  if (leadingSpace !== null) {
    if (model["byte_fallback"] !== true)
      throw fault("model.byte_fallback is not set: text could be lost as <unk>");
    if (bpe.model.ignore_merges) throw fault("model.ignore_merges is not supported without a ByteLevel");
    return { kind: "metaspace", leadingSpace, ...bpe };
  }
  if (model["byte_fallback"]) throw fault("model.byte_fallback is not supported with this pre_tokenizer");
  if (normalizer !== null && normalizer !== undefined)
    throw fault("this normalizer changes text; of those that do only Llama 2's is supported");
  if (!JSON.stringify(pre_tokenizer ?? null).includes('"ByteLevel"'))
    throw fault("pre_tokenizer is neither ByteLevel nor Llama 2's Metaspace, which does not split");
  return { kind: "byteLevel", pre_tokenizer, decoder, ...bpe };
}

function parseControls(added: unknown): BpeJson["added_tokens"] {
  if (!Array.isArray(added) || added.length === 0)
    throw fault("added_tokens is empty: there are no control tokens");
  return added.map((token: unknown, index) => {
    if (
      isRecord(token) &&
      isTokenId(token["id"]) &&
      typeof token["content"] === "string" &&
      token["content"] !== ""
    )
      return { id: token["id"], content: token["content"] };
    throw fault(`added_tokens/${String(index)} needs an id and a content`);
  });
}

function plainVocabulary(
  vocab: Record<string, unknown>,
  controls: BpeJson["added_tokens"],
): Record<string, number> {
  const names = new Set(controls.map(({ content }) => content));
  // Some files list control tokens a second time among the plain ones, where text could find them.
  const plain = Object.entries(vocab).filter(([content]) => !names.has(content));
  if (!plain.every(([, id]) => isTokenId(id))) throw fault("a token's id is not a whole number from 0 on");
  const [lowest, highest] = bounds(plain.map(([, id]) => id as number));
  if (controls.some(({ id }) => id >= lowest && id <= highest))
    throw fault("a plain token is numbered like a control token");
  return Object.fromEntries(plain) as Record<string, number>;
}

const bounds = (ids: readonly number[]): [lowest: number, highest: number] =>
  ids.reduce<[number, number]>(([low, high], id) => [Math.min(low, id), Math.max(high, id)], [Infinity, -1]);
