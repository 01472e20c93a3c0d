import { existsSync } from "node:fs";
import { link, rm } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";

export interface FileLock {
  /** Idempotent. */
  release(): void;
}

/** The system's locks are a process's own: they do not keep it from itself. */
const heldHere = new Set<string>();

/**
 * Locks a file for this process alone. The operating system lets go of the lock when the process ends, however it
 * ends, so no lock is ever left behind; the file stays. Databases are locked like that, and an empty one is all
 * this needs.
 *
 * @param path absolute; made where it is missing
 * @returns null when another process, or this one, holds it
 */
export async function lockFile(path: string): Promise<FileLock | null> {
  if (heldHere.has(path)) return null;
  heldHere.add(path);
  try {
    if (!existsSync(path)) await makeWhole(path);
    const instance = await DuckDBInstance.create(path, { threads: "1", memory_limit: "16MiB" });
    return {
      release() {
        if (heldHere.delete(path)) instance.closeSync();
      },
    };
  } catch (error) {
    heldHere.delete(path);
    if (/set lock on file/i.test((error as Error).message)) return null;
    throw error;
  }
}

/** Made under another name first: a process that is killed meanwhile leaves no half of a database at `path`. */
async function makeWhole(path: string): Promise<void> {
  const own = `${path}.${String(process.pid)}`;
  await rm(own, { force: true });
  (await DuckDBInstance.create(own, { threads: "1", memory_limit: "16MiB" })).closeSync();
  await link(own, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(own);
}
