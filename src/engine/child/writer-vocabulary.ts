import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../../base/index.js";
import { readTokenBytes } from "../../generation/index.js";
import type { ModelFolder } from "../../model/index.js";
import type { Tokenizer } from "../../tokenizer/index.js";
import type { WriterVocabulary } from "../generated-answer.js";

/** Written by the makers of a model; names further tokens that end an answer. Conversion may leave it out. */
const GENERATION_CONFIG = "generation_config.json";
/** Llama 3 names two; the manifest allows as many. */
const MAX_END_TOKENS = 16;

/** @throws GuardError `bad_model_file` when the model cannot score all tokens, or the folder's files are malformed */
export async function readWriterVocabulary(
  { dir, manifest }: ModelFolder,
  tokenizer: Pick<Tokenizer, "isControl" | "decode">,
): Promise<WriterVocabulary> {
  if (manifest.head.kind !== "full")
    throw new GuardError(
      "bad_model_file",
      `${dir} scores only some tokens; convert it again with a full head`,
    );
  const bytesOf = readTokenBytes(await readJson(join(dir, manifest.tokenizer.path)));
  const lossy = new TextDecoder("utf-8", { ignoreBOM: true });
  const hasConfig = manifest.files.some(({ path }) => path === GENERATION_CONFIG);
  const more = hasConfig ? endTokensIn(await readJson(join(dir, GENERATION_CONFIG)), manifest.geometry) : [];
  return {
    endTokens: new Set([...manifest.endTokenIds, ...more]),
    bytesOf,
    textOf: (token) =>
      tokenizer.isControl(token) ? tokenizer.decode([token]) : lossy.decode(bytesOf(token)),
  };
}

function endTokensIn(config: unknown, { vocabSize }: ModelFolder["manifest"]["geometry"]): number[] {
  const named = (config as { readonly eos_token_id?: unknown } | null)?.eos_token_id;
  const all: unknown[] = Array.isArray(named) ? named : named === undefined || named === null ? [] : [named];
  const isToken = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < vocabSize;
  if (all.length > MAX_END_TOKENS || !all.every(isToken))
    throw new GuardError(
      "bad_model_file",
      `${GENERATION_CONFIG}: eos_token_id is not a list of a few tokens`,
    );
  return all;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GuardError("bad_model_file", `${path} is not JSON; convert or download the model again`, {
      cause,
    });
  }
}
