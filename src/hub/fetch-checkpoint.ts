import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GuardError, followSignal, mapInOrder } from "../base/index.js";
import { chooseFiles } from "./checkpoint-files.js";
import { createMeter, type FetchProgress, type Report } from "./create-meter.js";
import { openCacheSource } from "./open-cache-source.js";
import { openHub } from "./open-hub.js";
import { openHubSource } from "./open-hub-source.js";
import { proxiedFetch } from "./proxied-fetch.js";
import { DEFAULT_PATIENCE, type Patience } from "./patience.js";
import { repositoryCache } from "./repository-cache.js";
import type { RepositoryFile, Source } from "./source.js";

export interface FetchOptions {
  /** `organisation/name`. */
  readonly repository: string;
  /** Branch, tag or commit; `main` unless given. */
  readonly revision?: string;
  /** Of the hub or a mirror, without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | null;
  /** Root of a cache as Python's `huggingface_hub` lays it out. */
  readonly cacheDir: string;
  /** Whether to make do with what the cache has. */
  readonly offline: boolean;
  /** One that goes by way of the proxies in the environment unless given. */
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly patience?: Patience;
}

export interface FetchedCheckpoint {
  /** The snapshot's folder, absolute. */
  readonly dir: string;
  readonly repository: string;
  /** The commit, 40 hex digits. */
  readonly revision: string;
  readonly bytes: number;
  /** Bytes that came over the network this time. */
  readonly downloadedBytes: number;
}

/** More would not fill a line better, and hashing has one thread anyway. */
const FILES_AT_ONCE = 3;

/**
 * Brings the files that make a checkpoint into the cache, each checked against its published digest whether
 * it was there already or not. Stopped at any point, even by `kill -9`, the next call continues.
 *
 * @throws GuardError `invalid_config` for what the caller can change (names, token, licence, disk),
 *   `upstream_failed` for network and hub, `bad_model_file` for content, `canceled`
 */
export async function fetchCheckpoint(options: FetchOptions): Promise<FetchedCheckpoint> {
  const { repository, revision = "main", endpoint, token, patience = DEFAULT_PATIENCE } = options;
  const cache = repositoryCache(resolve(options.cacheDir), repository, revision);
  using own = followSignal(options.signal);
  const { signal } = own.controller;
  try {
    if (options.offline) {
      const source = await openCacheSource(cache, repository, revision, signal);
      return await gather(source, cache.snapshot(source.commit), options, own.controller);
    }
    const line = {
      endpoint,
      token,
      fetch: options.fetch ?? proxiedFetch(),
      silenceMs: patience.silenceMs,
      signal,
    };
    const hub = openHub(line, repository, patience.pausesMs);
    const source = await openHubSource({ hub, cache, repository, revision, patience, signal });
    return await gather(source, cache.snapshot(source.commit), options, own.controller);
  } catch (error) {
    throw explained(error, options);
  }
}

/** @param stop ends the other files' work when one fails */
async function gather<File extends RepositoryFile>(
  source: Source<File>,
  dir: string,
  { repository, onProgress }: FetchOptions,
  stop: AbortController,
): Promise<FetchedCheckpoint> {
  let downloadedBytes = 0;
  const obtain = async (file: File, report: Report): Promise<void> => {
    const received = await source.obtain(file, report);
    downloadedBytes += received; // not in one with the await: several files are at it
  };
  const files = await chooseFiles(source, async (index) => {
    await obtain(index, () => undefined);
    return readFile(join(dir, index.path), "utf8");
  });
  await source.makeRoomFor(files);
  const meter = createMeter(files, onProgress);
  const failures: unknown[] = [];
  await mapInOrder(files, FILES_AT_ONCE, async (file) => {
    try {
      stop.signal.throwIfAborted();
      await obtain(file, meter.reporter(file.path));
      meter.done(file.path);
    } catch (error) {
      failures.push(error);
      stop.abort(error); // and wait for the others: nothing goes on behind the caller's back
    }
  });
  if (failures.length > 0) throw failures[0];
  await source.conclude();
  return { dir, repository, revision: source.commit, bytes: meter.bytes, downloadedBytes };
}

function explained(error: unknown, { signal, cacheDir }: FetchOptions): unknown {
  if (signal?.aborted === true)
    return new GuardError("canceled", "stopped; what has come so far is kept, and the same call goes on", {
      cause: error,
    });
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new GuardError(
    "invalid_config",
    `the cache ${cacheDir} cannot be used (${code ?? "unknown"}): name a folder that can be written in HF_HUB_CACHE`,
    { cause: error },
  );
}
