import { randomBytes } from "node:crypto";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GuardError } from "../base/index.js";
import { isCached, nullIfMissing } from "./cached-file.js";
import type { Report } from "./create-meter.js";
import { requireDiskSpace } from "./disk-space.js";
import { download } from "./download.js";
import type { Hub, HubFile } from "./open-hub.js";
import { partialBytes, takePartialFile, type PartialFile } from "./partial-file.js";
import type { Patience } from "./patience.js";
import { placeInSnapshot } from "./place-in-snapshot.js";
import type { RepositoryCache } from "./repository-cache.js";
import type { Source } from "./source.js";

export interface HubSourceOptions {
  readonly hub: Hub;
  readonly cache: RepositoryCache;
  readonly repository: string;
  readonly revision: string;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/** The files of a hub's repository; those that the cache has are checked and not fetched again. */
export async function openHubSource(options: HubSourceOptions): Promise<Source<HubFile>> {
  const { hub, cache, repository, revision } = options;
  const { commit, files } = await hub.list(revision);
  return {
    commit,
    files,
    missing: (path) =>
      new GuardError(
        "invalid_config",
        `${repository} has no ${path}: choose a Llama checkpoint in the Transformers format`,
      ),
    async makeRoomFor(wanted) {
      const lacking = await Promise.all(wanted.map((file) => lackingBytes(cache, commit, file)));
      await requireDiskSpace(
        cache.blobs,
        lacking.reduce((sum, bytes) => sum + bytes, 0),
      );
    },
    obtain: (file, report) => obtain(options, commit, file, report),
    async conclude() {
      if (revision !== commit) await writeWhole(cache.ref(revision), commit);
    },
  };
}

async function lackingBytes(cache: RepositoryCache, commit: string, file: HubFile): Promise<number> {
  const blob = cache.blob(file.digest);
  for (const path of [join(cache.snapshot(commit), file.path), blob])
    if ((await stat(path).catch(nullIfMissing)) !== null) return 0;
  return Math.max(0, file.bytes - (await partialBytes(blob)));
}

async function obtain(
  options: HubSourceOptions,
  commit: string,
  file: HubFile,
  report: Report,
): Promise<number> {
  const { cache, patience, signal } = options;
  const path = join(cache.snapshot(commit), file.path);
  const blob = cache.blob(file.digest);
  for (;;) {
    if (await isCached(path, file, report, signal)) return 0;
    if (await isCached(blob, file, report, signal)) {
      await placeInSnapshot(blob, path);
      return 0;
    }
    const partial = await takePartialFile(blob, patience.abandonedMs);
    const received = partial && (await fill(partial, options, commit, file, report));
    if (received !== null) {
      await placeInSnapshot(blob, path);
      return received;
    }
    await sleep(patience.abandonedMs / 20, undefined, { signal }); // another process is at it
  }
}

/** @returns null when another process took the partial file over */
async function fill(
  partial: PartialFile,
  { hub, patience, signal }: HubSourceOptions,
  commit: string,
  file: HubFile,
  report: Report,
): Promise<number | null> {
  try {
    const received = await download(file, partial, {
      pausesMs: patience.pausesMs,
      signal,
      report,
      read: (from, use) => hub.read(commit, file.path, from, use),
    });
    return (await partial.finish()) ? received : null;
  } catch (error) {
    if (error instanceof GuardError && error.code === "bad_model_file") await partial.remove();
    else await partial.release();
    throw error;
  }
}

/** Readers see the old text or the new one, never half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomBytes(4).toString("hex")}.incomplete`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}
