import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { GuardError } from "../base/index.js";
import { readJson } from "./checkpoint.js";
import { DOWNLOAD_AGAIN } from "./download-again.js";

/** What a conversion needs to know of a checkpoint's tokenizer. */
export interface CheckpointTokenizer {
  /**
   * Ids of the tokens that write all of a plain text alone: the one at the start of an answer, then the one on
   * a line of its own, where Llama 2's vocabulary has another because it puts a space before what comes first.
   * None for a text of several tokens. Control tokens are never matched.
   */
  readonly idsOf: (text: string) => readonly number[];
  /** Control tokens by name. */
  readonly controls: ReadonlyMap<string, number>;
}

interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

/** Llama 3's has 17 MB; a vocabulary of 1,048,576 entries and its merges stay below this. */
const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;
/** Llama 3's has 50 KB, others list a thousand control tokens in 1 MB. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * Reads tokenizer.json and tokenizer_config.json of a checkpoint folder.
 * @throws GuardError `bad_model_file` when they are unreadable or name ids that the model has no row for
 */
export async function readCheckpointTokenizer(dir: string, vocabSize: number): Promise<CheckpointTokenizer> {
  const json = await readJson(join(dir, "tokenizer.json"), MAX_TOKENIZER_BYTES);
  const config = await readJson(join(dir, "tokenizer_config.json"), MAX_CONFIG_BYTES);
  if (!isTokenizerJson(json)) throw bad("tokenizer.json holds no BPE vocabulary, merges and added tokens");
  if (!isRecord(config)) throw bad("tokenizer_config.json is not an object");
  const isRow = (id: unknown): boolean =>
    Number.isInteger(id) && (id as number) >= 0 && (id as number) < vocabSize;
  const ids = [...Object.values(json.model.vocab), ...json.added_tokens.map((token) => token.id)];
  if (!ids.every(isRow)) throw bad("tokenizer.json names ids outside the vocabulary of config.json");
  const encode = plainEncoder(json, config);
  const line = encode("\n");
  const behindLine = (ids: readonly number[]): readonly number[] =>
    line.every((id, at) => ids[at] === id) ? ids.slice(line.length) : [];
  return {
    idsOf: (text) => {
      const alone = [encode(text), behindLine(encode(`\n${text}`))].filter((ids) => ids.length === 1);
      return [...new Set(alone.flat())].filter(isRow); // where a word has no token the library gives none
    },
    controls: new Map(json.added_tokens.map((token) => [token.content, token.id])),
  };
}

const bad = (detail: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${detail}; ${DOWNLOAD_AGAIN}`, { cause });

/** The library takes what it is given on trust: a pattern that is none, or merges of nothing, end in a TypeError. */
function plainEncoder(json: TokenizerJson, config: object): (text: string) => readonly number[] {
  const orRefuse = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      throw bad("tokenizer.json has a normalizer, pre_tokenizer or model that cannot be used", cause);
    }
  };
  const plain = orRefuse(() => new Tokenizer({ ...json, added_tokens: [] }, config));
  return (text) => orRefuse(() => plain.encode(text, { add_special_tokens: false }).ids);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isTokenizerJson(json: unknown): json is TokenizerJson & Readonly<Record<string, unknown>> {
  if (!isRecord(json)) return false;
  const { added_tokens: added, model } = json;
  return (
    Array.isArray(added) &&
    added.every((token: unknown) => isRecord(token) && typeof token["content"] === "string") &&
    isRecord(model) &&
    model["type"] === "BPE" &&
    isRecord(model["vocab"]) &&
    Array.isArray(model["merges"]) &&
    model["merges"].every(isMerge)
  );
}

/** `"a b"`, or since 2024 `["a", "b"]`. */
const isMerge = (merge: unknown): boolean =>
  typeof merge === "string" ||
  (Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string"));
