import { readFile, readdir, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { GuardError } from "../base/index.js";
import { isCached, nullIfMissing, type Expected } from "./cached-file.js";
import { digestNamed } from "./content-digest.js";
import { isCommit, type RepositoryCache } from "./repository-cache.js";
import type { Source } from "./source.js";

/**
 * The files that the cache holds of a repository, without any network. What the links of the cache name by
 * digest is checked against it; copies, which some file systems need, have nothing to be checked against.
 *
 * @throws GuardError `invalid_config` when the cache does not know the revision
 */
export async function openCacheSource(
  cache: RepositoryCache,
  repository: string,
  revision: string,
  signal: AbortSignal,
): Promise<Source<Expected>> {
  const missing = (path: string): GuardError =>
    new GuardError(
      "invalid_config",
      `the cache has no ${path} of ${repository}, and HF_HUB_OFFLINE forbids fetching it: unset it for one ` +
        "call, or name the cache that has it in HF_HUB_CACHE",
    );
  const commit = isCommit(revision) ? revision : (await readIfThere(cache.ref(revision)))?.trim();
  if (commit === undefined || !isCommit(commit)) throw missing(`revision ${revision}`);
  const dir = cache.snapshot(commit);
  return {
    commit,
    files: await filesIn(dir),
    missing,
    makeRoomFor: () => Promise.resolve(),
    async obtain(file, report) {
      if (!(await isCached(join(dir, file.path), file, report, signal))) throw missing(file.path);
      return 0;
    },
    conclude: () => Promise.resolve(),
  };
}

async function filesIn(dir: string): Promise<Expected[]> {
  const names = (await readdir(dir).catch(nullIfMissing)) ?? [];
  const files = await Promise.all(
    names.map(async (path) => {
      const seen = await stat(join(dir, path)).catch(nullIfMissing); // null: a link to a blob that is gone
      if (seen?.isFile() !== true) return [];
      const target = await readlink(join(dir, path)).catch(() => ""); // a copy
      return [{ path, bytes: seen.size, digest: digestNamed(basename(target)) }];
    }),
  );
  return files.flat();
}

const readIfThere = async (path: string): Promise<string | undefined> =>
  (await readFile(path, "utf8").catch(nullIfMissing)) ?? undefined;
