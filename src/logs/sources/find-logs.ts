import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openDatabase } from "../../duckdb/index.js";
import { inputFault } from "../finish-conversation.js";
import type { LogOptions } from "../log-options.js";
import { Unreadable } from "../unreadable.js";
import { isHidden, isLogName, skipped, systemFault, type Found } from "./found-log.js";
import { findObjects } from "./find-objects.js";

/**
 * The logs that inputs name, in their order, those of a folder or pattern sorted by name. One that is named twice is
 * read once.
 * @throws GuardError `invalid_config` for an s3 URL without access
 */
export async function* findLogs(inputs: readonly string[], options: LogOptions): AsyncGenerator<Found> {
  const seen = new Set<string>();
  for (const input of inputs)
    for await (const found of findInput(input, options)) {
      options.signal?.throwIfAborted();
      const isAgain = found.type === "log" && seen.has(identityOf(found));
      if (found.type === "log") seen.add(identityOf(found));
      yield isAgain ? skipped(found.source, "is named twice, and was read before") : found;
    }
}

const identityOf = ({ at, source }: Extract<Found, { type: "log" }>): string =>
  at !== "stdin" && "path" in at ? resolve(at.path) : source;

async function* findInput(input: string, options: LogOptions): AsyncGenerator<Found> {
  if (input === "-") yield { type: "log", source: "-", at: "stdin", bytes: null, version: null };
  else if (input.startsWith("s3://")) yield* findObjects(input, options);
  else if (!/[*?[]/.test(input) || (await exists(input))) yield* findPath(input);
  else yield* findPattern(input);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function* findPath(path: string): AsyncGenerator<Found> {
  try {
    const { size, mtime, isFolder, isFile } = await statOf(path);
    if (isFolder) yield* findInFolder(path);
    else
      yield {
        ...{ type: "log", source: path, at: { path } },
        ...{ bytes: isFile ? size : null, version: isFile ? mtime.toISOString() : null },
      };
  } catch (error) {
    yield systemFault(path, error);
  }
}

async function statOf(path: string) {
  const stats = await stat(path);
  return { size: stats.size, mtime: stats.mtime, isFolder: stats.isDirectory(), isFile: stats.isFile() };
}

/** Links to folders are not followed: they may lead back. */
async function* findInFolder(folder: string): AsyncGenerator<Found> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (isHidden(entry.name)) continue;
    if (entry.isDirectory()) yield* findPath(path);
    else if (entry.isSymbolicLink() && (await isFolder(path)))
      yield skipped(path, "is a link to a folder; name that folder to have it read");
    else if (!isLogName(entry.name))
      yield skipped(path, "has no name of a log; name the file itself to have it read");
    else if (entry.isFile() || entry.isSymbolicLink()) yield* findPath(path);
    else yield skipped(path, "is no file");
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false, // a link that leads nowhere
  );

async function* findPattern(pattern: string): AsyncGenerator<Found> {
  await using database = await openDatabase();
  const result = await database.connection.runAndReadAll("SELECT file FROM glob($1)", [pattern]);
  const paths = result.getRows().map(([path]) => String(path));
  if (paths.length === 0)
    yield inputFault(pattern, new Unreadable("missing_file", "no file has such a name"));
  for (const path of paths.sort()) yield* findPath(path);
}
