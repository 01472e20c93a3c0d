import { GuardError } from "../base/index.js";
import type { RepositoryFile, Source } from "./source.js";

/** What conversion cannot do without, besides weights. */
const REQUIRED = ["config.json", "tokenizer.json", "tokenizer_config.json"];
const WELCOME = ["generation_config.json", "chat_template.jinja", "special_tokens_map.json"];
/** Terms travel with the weights: Meta's licence asks for it. */
const TERMS = /^(licen[cs]e|notice|use_policy)[\w.-]*$/i;

export const WHOLE_WEIGHTS = "model.safetensors";
export const WEIGHTS_INDEX = "model.safetensors.index.json";
/** A plain name beside the index; no path tricks. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\.safetensors$/;
/** The largest Llama comes in 191 shards. */
const MAX_SHARDS = 1_000;
/** Everything but weights is read whole by whoever uses it; the tokenizer of Llama 3 has 9 MB. */
const MAX_COMPANION_BYTES = 64 * 1024 * 1024;

/**
 * The files of a repository that make a checkpoint, small ones first: never second copies of the weights in
 * other formats.
 *
 * @param readIndex the text of the index of shards, which decides where there is one
 * @throws GuardError what `missing` makes of a file that is needed, and `bad_model_file` for an index or a size
 *   that cannot be
 */
export async function chooseFiles<File extends RepositoryFile>(
  { files, missing }: Pick<Source<File>, "files" | "missing">,
  readIndex: (index: File) => Promise<string>,
): Promise<File[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const named = (path: string): File => {
    const file = byPath.get(path);
    if (file === undefined) throw missing(path);
    return file;
  };

  const companions = [
    ...REQUIRED.map(named),
    ...WELCOME.flatMap((path) => byPath.get(path) ?? []),
    ...files.filter(({ path }) => TERMS.test(path)),
  ];
  const index = byPath.get(WEIGHTS_INDEX);
  const whole = byPath.get(WHOLE_WEIGHTS);
  if (index !== undefined) companions.push(index);
  else if (whole === undefined) throw missing(`${WHOLE_WEIGHTS} and no ${WEIGHTS_INDEX}`);

  const large = companions.find(({ bytes }) => bytes > MAX_COMPANION_BYTES);
  if (large !== undefined)
    throw new GuardError(
      "bad_model_file",
      `${large.path} has ${String(large.bytes)} bytes, more than such a file ever needs: choose another repository`,
    );
  const weights = index === undefined ? [named(WHOLE_WEIGHTS)] : shardsIn(await readIndex(index)).map(named);
  return [...companions, ...weights];
}

/** Names of the shards, each once, in the order of the index. */
function shardsIn(indexText: string): string[] {
  const bad = (detail: string): GuardError =>
    new GuardError("bad_model_file", `${WEIGHTS_INDEX}: ${detail}; choose another repository or revision`);
  let index: unknown;
  try {
    index = JSON.parse(indexText);
  } catch {
    throw bad("it is not JSON");
  }
  const weightMap = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof weightMap !== "object" || weightMap === null) throw bad("it has no weight_map");
  const shards = [...new Set<unknown>(Object.values(weightMap))];
  if (!shards.every((shard) => typeof shard === "string" && SHARD_NAME.test(shard)))
    throw bad("a shard is not a plain .safetensors file name");
  if (shards.length === 0 || shards.length > MAX_SHARDS)
    throw bad(`it names ${String(shards.length)} shards, and 1 to ${String(MAX_SHARDS)} are allowed`);
  return shards as string[];
}
