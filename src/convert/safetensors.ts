import { basename, join, resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { openPlainFile, readPlainFile } from "../model/index.js";
import { DOWNLOAD_AGAIN } from "./download-again.js";
import { parseSafetensorsHeader, readHeaderBytes, type TensorEntry } from "./safetensors-header.js";

/** The tensors of a checkpoint and the files that hold them. Nothing stays open. */
export interface SafetensorsFiles {
  /** By name; `file` is absolute. */
  readonly tensors: ReadonlyMap<string, TensorEntry & { readonly file: string }>;
  /** Names of the files, in the order of the index. */
  readonly files: readonly string[];
}

const WHOLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** The index of 405B has 90 KB. */
const MAX_INDEX_BYTES = 2 * 1024 * 1024;
/** A plain name in the same folder; no path tricks. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\.safetensors$/;

/**
 * Finds the weights of a checkpoint folder: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` names. Only headers are read.
 * @throws GuardError `bad_model_file`
 */
export async function findTensors(dir: string): Promise<SafetensorsFiles> {
  const weightMap = await readIndex(join(dir, INDEX));
  const shards = weightMap === null ? [WHOLE] : [...new Set(weightMap.values())];
  const tensors = new Map<string, TensorEntry & { file: string }>();
  for (const shard of shards) {
    const file = resolve(dir, shard);
    for (const [name, entry] of await readSafetensorsHeader(file)) {
      if (weightMap !== null && weightMap.get(name) !== shard)
        throw new GuardError("bad_model_file", `${shard} holds a tensor that the index puts elsewhere`);
      tensors.set(name, { ...entry, file });
    }
  }
  if (weightMap !== null && tensors.size !== weightMap.size)
    throw new GuardError("bad_model_file", "the index names a tensor that its shard does not hold");
  return { tensors, files: weightMap === null ? shards : [INDEX, ...shards] };
}

/**
 * Entries of one file by tensor name.
 * @throws GuardError `bad_model_file`
 */
export async function readSafetensorsHeader(path: string): Promise<ReadonlyMap<string, TensorEntry>> {
  await using handle = await openPlainFile(path, DOWNLOAD_AGAIN);
  const { size } = await handle.stat();
  const file = basename(path);
  const start = Buffer.alloc(Math.min(8, size));
  await handle.read(start, 0, start.byteLength, 0);
  const header = Buffer.alloc(readHeaderBytes(start, size, file));
  await handle.read(header, 0, header.byteLength, 8);
  return parseSafetensorsHeader(header, size, file);
}

async function readIndex(path: string): Promise<Map<string, string> | null> {
  const bytes = await readPlainFile(path, MAX_INDEX_BYTES, DOWNLOAD_AGAIN).catch((error: unknown) => {
    const { cause } = error as GuardError;
    if ((cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null) return null;
  const bad = (detail: string): GuardError => new GuardError("bad_model_file", `${path}: ${detail}`);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw bad("it is not JSON");
  }
  const map = (json as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) throw bad("it has no weight_map");
  const pairs = Object.entries(map as Record<string, unknown>);
  if (
    !pairs.every((pair): pair is [string, string] => typeof pair[1] === "string" && SHARD_NAME.test(pair[1]))
  )
    throw bad("a shard is not a plain .safetensors file name");
  if (pairs.length === 0) throw bad("it names no tensor");
  return new Map(pairs);
}
