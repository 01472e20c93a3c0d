import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { GuardError } from "../base/index.js";
import { readJson } from "./checkpoint.js";

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
  added_tokens: { id: number; content: string }[];
  model: { vocab: Record<string, number> };
}

/**
 * Reads tokenizer.json and tokenizer_config.json of a checkpoint folder.
 * @throws GuardError `bad_model_file` when they are unreadable or name ids that the model has no row for
 */
export async function readCheckpointTokenizer(dir: string, vocabSize: number): Promise<CheckpointTokenizer> {
  const json = await readJson(join(dir, "tokenizer.json"));
  const config = await readJson(join(dir, "tokenizer_config.json"));
  if (!isTokenizerJson(json))
    throw new GuardError("bad_model_file", "tokenizer.json holds no BPE vocabulary and added tokens");
  const ids = [...Object.values(json.model.vocab), ...json.added_tokens.map((token) => token.id)];
  if (ids.some((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize))
    throw new GuardError("bad_model_file", "tokenizer.json names ids outside the vocabulary of config.json");
  const plain = new Tokenizer({ ...json, added_tokens: [] }, config as object);
  const encode = (text: string): number[] => plain.encode(text, { add_special_tokens: false }).ids;
  const line = encode("\n");
  const behindLine = (ids: readonly number[]): number[] =>
    line.every((id, at) => ids[at] === id) ? ids.slice(line.length) : [];
  return {
    idsOf: (text) => {
      const alone = [encode(text), behindLine(encode(`\n${text}`))].filter((ids) => ids.length === 1);
      return [...new Set(alone.flat())];
    },
    controls: new Map(json.added_tokens.map((token) => [token.content, token.id])),
  };
}

function isTokenizerJson(json: unknown): json is TokenizerJson {
  const { added_tokens: added, model } = (json ?? {}) as Partial<Record<keyof TokenizerJson, unknown>>;
  const vocab = (model as { vocab?: unknown } | null | undefined)?.vocab;
  return (
    Array.isArray(added) &&
    added.every((token: unknown) => typeof (token as { content?: unknown } | null)?.content === "string") &&
    typeof vocab === "object" &&
    vocab !== null &&
    !Array.isArray(vocab)
  );
}
