import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { addAbortSignal, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GuardError } from "../../base/index.js";
import type { LogOptions } from "../log-options.js";
import { accessOf } from "./find-objects.js";
import type { FoundLog, S3Object } from "./found-log.js";
import { createS3Store, StoreRefusal } from "./s3-store.js";

/** A log as its bytes, not unpacked. */
export interface OpenLog extends AsyncDisposable {
  /** To be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The same bytes as a file; what has none yet is written to the spill folder, beginning with `begun`. */
  asFile(rest: AsyncIterable<Uint8Array>): Promise<string>;
  /** Whether it is no longer what it was when it was opened. */
  hasChanged(): Promise<boolean>;
  /** Idempotent; removes what was written to the spill folder. */
  close(): Promise<void>;
}

const READ_BYTES = 256 * 1024;

/**
 * @throws errors of the system, StoreRefusal, and GuardError `invalid_config` where `-` is named and nothing is there
 */
export async function openLog({ at, version }: FoundLog, options: LogOptions): Promise<OpenLog> {
  if (at === "stdin") return openStream(stdinOf(options), options);
  if ("object" in at) return openObject(at.object, version, options);
  return openFile(at.path, options);
}

async function openFile(path: string, options: LogOptions): Promise<OpenLog> {
  const before = await stat(path, { bigint: true });
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  // A pipe can be read once only.
  if (!before.isFile()) return openStream(file, options);
  return opened(stoppable(file, options.signal), {
    asFile: () => Promise.resolve(path),
    close: () => Promise.resolve(void file.destroy()),
    async hasChanged() {
      const after = await stat(path, { bigint: true }).catch(() => null);
      return (["dev", "ino", "size", "mtimeNs"] as const).some((name) => after?.[name] !== before[name]);
    },
  });
}

function openStream(stream: Readable, options: LogOptions): OpenLog {
  let spilled: string | null = null;
  return opened(stoppable(stream, options.signal), {
    async asFile(rest) {
      spilled = await spill(rest, options);
      return spilled;
    },
    hasChanged: () => Promise.resolve(false),
    async close() {
      stream.destroy();
      if (spilled !== null) await rm(spilled, { force: true });
    },
  });
}

const FETCHES = 3;

/** An object comes whole before it is read: where a connection breaks it is fetched anew, and nothing was read twice. */
async function openObject(object: S3Object, etag: string | null, options: LogOptions): Promise<OpenLog> {
  const path = await fetchObject(object, etag, options);
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  return opened(stoppable(file, options.signal), {
    asFile: () => Promise.resolve(path),
    hasChanged: () => Promise.resolve(false),
    async close() {
      file.destroy();
      await rm(path, { force: true });
    },
  });
}

async function fetchObject(object: S3Object, etag: string | null, options: LogOptions): Promise<string> {
  const store = createS3Store(accessOf(options), options.signal);
  for (let attempt = 1; ; attempt++) {
    const { body } = await store.get(object, etag);
    try {
      // As it is: a Readable made of it could fail before anybody listens.
      return await spill(body ?? Readable.from([]), options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      const isOfDisk =
        "path" in (cause as NodeJS.ErrnoException) || (cause as NodeJS.ErrnoException).syscall === "write";
      if (isOfDisk) throw cause;
      if (attempt === FETCHES) throw new StoreRefusal(0, { cause });
    }
  }
}

function opened(
  bytes: AsyncIterable<Uint8Array>,
  rest: Pick<OpenLog, "asFile" | "hasChanged" | "close">,
): OpenLog {
  return { bytes, ...rest, [Symbol.asyncDispose]: () => rest.close() };
}

const stoppable = (stream: Readable, signal: AbortSignal | undefined): Readable =>
  signal === undefined ? stream : addAbortSignal(signal, stream);

function stdinOf({ stdin }: LogOptions): Readable {
  if (stdin !== undefined) return stdin;
  throw new GuardError("invalid_config", "- names the standard input, and there is none to read");
}

async function spill(bytes: AsyncIterable<Uint8Array>, { spillDir, signal }: LogOptions): Promise<string> {
  await mkdir(spillDir, { recursive: true });
  const path = join(spillDir, `log-${randomUUID()}`);
  // Opened before anything can fail: a file that is still being made cannot be removed.
  const file = await open(path, "wx", 0o600);
  try {
    await pipeline(bytes, file.createWriteStream(), signal ? { signal } : {});
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return path;
}
