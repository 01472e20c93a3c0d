import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nullIfMissing } from "./cached-file.js";
import { CHUNK_BYTES } from "./content-digest.js";

/** A blob on its way, which this process alone writes to. */
export interface PartialFile {
  /** Bytes that an earlier process left. */
  readonly bytes: number;
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
  write(chunk: Uint8Array, at: number): Promise<void>;
  truncate(): Promise<void>;
  /** Gives it the blob's name. False when another process took it for abandoned. */
  finish(): Promise<boolean>;
  remove(): Promise<void>;
  /** Closes it, and leaves what there is of it to whoever wants it. */
  release(): Promise<void>;
}

/** Unlike other programs' partial files, ours are filled from the front and can be continued. */
const suffix = (hex: string): string => `.portcullis-${hex}.incomplete`;
const OURS = /^\.portcullis-[0-9a-f]{8}\.incomplete$/;

/** Older than anybody's patience. */
const LONG_AGO = new Date(0);

/**
 * Takes over the largest partial file that nobody writes to, or begins one. Every process writes under a name
 * of its own and touches its file while it lives, so a killed process is known by a file that stays untouched;
 * taking over is a rename, which only one process can win. Should a process be stopped for so long that it is
 * robbed, the two write the same bytes to the same places, and only one of them can finish.
 *
 * @param blob absolute path of the finished file
 * @returns null while another process writes to one
 */
export async function takePartialFile(blob: string, abandonedMs: number): Promise<PartialFile | null> {
  await mkdir(dirname(blob), { recursive: true });
  const path = blob + suffix(randomBytes(4).toString("hex"));
  const left = await partialFilesOf(blob);
  const isAbandoned = ({ touchedMs }: Left): boolean => Math.abs(Date.now() - touchedMs) > abandonedMs;
  if (!left.every(isAbandoned)) return null;
  const [largest, ...others] = left.sort((a, b) => b.bytes - a.bytes);
  if (largest !== undefined && !(await takeOver(largest.path, path))) return null;
  for (const other of others) await rm(other.path, { force: true });
  return openPartialFile(path, blob, largest?.bytes ?? 0, abandonedMs);
}

/** Bytes of a blob that are there already, whoever writes them. */
export const partialBytes = async (blob: string): Promise<number> =>
  Math.max(0, ...(await partialFilesOf(blob)).map(({ bytes }) => bytes));

interface Left {
  readonly path: string;
  readonly bytes: number;
  readonly touchedMs: number;
}

async function partialFilesOf(blob: string): Promise<Left[]> {
  const names = (await readdir(dirname(blob)).catch(nullIfMissing)) ?? [];
  const ours = names.filter(
    (name) => name.startsWith(basename(blob)) && OURS.test(name.slice(basename(blob).length)),
  );
  const found = await Promise.all(
    ours.map(async (name) => {
      const path = join(dirname(blob), name);
      const seen = await stat(path).catch(nullIfMissing);
      return seen === null ? [] : [{ path, bytes: seen.size, touchedMs: seen.mtimeMs }];
    }),
  );
  return found.flat();
}

/** Touches first, so that nobody else finds it abandoned under its new name. */
async function takeOver(from: string, to: string): Promise<boolean> {
  try {
    await touch(from);
    await rename(from, to);
    return true;
  } catch (error) {
    nullIfMissing(error);
    return false; // another process was faster
  }
}

const touch = (path: string): Promise<void> => utimes(path, new Date(), new Date());

async function openPartialFile(
  path: string,
  blob: string,
  bytes: number,
  abandonedMs: number,
): Promise<PartialFile> {
  const handle = await open(path, bytes === 0 ? "w" : "r+");
  const alive = setInterval(() => void touch(path).catch(() => undefined), abandonedMs / 5);
  const close = async (): Promise<void> => {
    clearInterval(alive);
    await handle.close();
  };
  return {
    bytes,
    read: (signal) =>
      handle.createReadStream({
        start: 0,
        autoClose: false,
        highWaterMark: CHUNK_BYTES,
        signal,
      }),
    async write(chunk, at) {
      for (let written = 0; written < chunk.byteLength;)
        written += (await handle.write(chunk, written, chunk.byteLength - written, at + written))
          .bytesWritten;
    },
    truncate: () => handle.truncate(0),
    async finish() {
      await handle.datasync();
      await close();
      return (await rename(path, blob).then(() => true, nullIfMissing)) ?? false;
    },
    async remove() {
      await close();
      await rm(path, { force: true });
    },
    async release() {
      await close();
      await utimes(path, LONG_AGO, LONG_AGO).catch(nullIfMissing);
    },
  };
}
