import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { GuardError } from "../base/index.js";
import { CHUNK_BYTES, startHash, type ContentDigest } from "./content-digest.js";
import type { Report } from "./create-meter.js";

export interface Expected {
  readonly path: string;
  readonly bytes: number;
  /** null where nothing says what the content should be: a copy in a cache, with no network to ask. */
  readonly digest: ContentDigest | null;
}

/**
 * Whether a file of the cache is there and holds what it should, through however many links.
 *
 * What holds something else is reported rather than replaced: the cache is shared with other programs, and
 * the change may be somebody's edit, a failing disk or an attack. Someone should look.
 *
 * @throws GuardError `bad_model_file` naming the file to delete
 */
export async function isCached(
  path: string,
  { path: name, bytes, digest }: Expected,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  const real = await realpath(path).catch(nullIfMissing);
  if (real === null) return false;
  const wrong = (how: string): GuardError =>
    new GuardError("bad_model_file", `${name} in the cache ${how}: look at it, delete ${real} and try again`);
  const { size } = await stat(real);
  if (size !== bytes) throw wrong(`has ${String(size)} bytes instead of ${String(bytes)}`);
  if (digest === null) {
    report(bytes);
    return true;
  }
  const hash = startHash(digest, bytes);
  let done = 0;
  const chunks: AsyncIterable<Uint8Array> = createReadStream(real, { highWaterMark: CHUNK_BYTES, signal });
  for await (const chunk of chunks) {
    hash.update(chunk);
    report((done += chunk.byteLength));
  }
  if (hash.digest("hex") !== digest.hex) throw wrong("is not what was published");
  return true;
}

export function nullIfMissing(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return null;
  throw error;
}
