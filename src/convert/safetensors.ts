import { open, readFile, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import { GuardError } from "../base/index.js";
import { parseSafetensorsHeader, readHeaderBytes, type TensorEntry } from "./safetensors-header.js";

/** A tensor's place and, once asked for, its bytes. */
export interface SafetensorsFiles {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The bytes of one tensor, in a buffer of their own. */
  read(name: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The index of 405B has 90 KB. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** A plain name in the same folder; no path tricks. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\.safetensors$/;

interface Shard {
  readonly handle: FileHandle;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/**
 * Opens the weights of a checkpoint folder: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` names. Only headers are read until a tensor is asked for.
 * @throws GuardError `bad_model_file`
 */
export async function openSafetensors(dir: string): Promise<SafetensorsFiles> {
  const weightMap = await readIndex(join(dir, "model.safetensors.index.json"));
  const names = weightMap === null ? ["model.safetensors"] : [...new Set(weightMap.values())];
  const shards = new Map<string, Shard>();
  const close = async (): Promise<void> => {
    await Promise.all([...shards.values()].map((shard) => shard.handle.close()));
    shards.clear();
  };
  try {
    for (const name of names) shards.set(name, await openShard(join(dir, name)));
    const entries = mergeEntries(shards, weightMap);
    const shardOf = new Map([...shards].flatMap(([, s]) => [...s.entries.keys()].map((name) => [name, s])));
    return { entries, close, read: (name) => readBytes(shardOf.get(name), name) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readIndex(path: string): Promise<Map<string, string> | null> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new GuardError("bad_model_file", `${path} cannot be read`, { cause });
  });
  if (bytes === null) return null;
  const bad = (detail: string): GuardError => new GuardError("bad_model_file", `${path}: ${detail}`);
  if (bytes.byteLength > MAX_INDEX_BYTES) throw bad(`more than ${String(MAX_INDEX_BYTES)} bytes`);
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

async function openShard(path: string): Promise<Shard> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new GuardError("bad_model_file", `${path} cannot be read; download the checkpoint again`, {
      cause,
    });
  });
  try {
    const { size } = await handle.stat();
    const file = basename(path);
    const headerBytes = readHeaderBytes(await readAt(handle, 0, Math.min(8, size)), size, file);
    const header = await readAt(handle, 8, headerBytes);
    return { handle, entries: parseSafetensorsHeader(header, size, file) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function mergeEntries(
  shards: ReadonlyMap<string, Shard>,
  weightMap: ReadonlyMap<string, string> | null,
): Map<string, TensorEntry> {
  const merged = new Map<string, TensorEntry>();
  for (const [shardName, { entries }] of shards)
    for (const [name, entry] of entries) {
      if (weightMap !== null && weightMap.get(name) !== shardName)
        throw new GuardError("bad_model_file", `${shardName} holds a tensor that the index puts elsewhere`);
      merged.set(name, entry);
    }
  if (weightMap !== null && merged.size !== weightMap.size)
    throw new GuardError("bad_model_file", "the index names a tensor that its shard does not hold");
  return merged;
}

async function readBytes(shard: Shard | undefined, name: string): Promise<Uint8Array> {
  const entry = shard?.entries.get(name);
  if (shard === undefined || entry === undefined)
    throw new GuardError("bad_model_file", `the checkpoint has no tensor ${name}`);
  return readAt(shard.handle, entry.begin, entry.end - entry.begin);
}

/** One `read` returns at most 2 GiB; a tensor may be larger. */
async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const length = Math.min(bytes - filled, 1 << 30);
    const { bytesRead } = await handle.read(buffer, filled, length, position + filled);
    if (bytesRead === 0)
      throw new GuardError("bad_model_file", "a checkpoint file became shorter while read");
    filled += bytesRead;
  }
  return buffer;
}
