import { GuardError } from "../base/index.js";
import { startHash } from "./content-digest.js";
import type { Report } from "./create-meter.js";
import type { Answer } from "./exchange.js";
import type { HubFile } from "./open-hub.js";
import type { PartialFile } from "./partial-file.js";
import { persist, type PersistOptions } from "./persist.js";

export interface DownloadOptions extends Omit<PersistOptions, "bytesDone"> {
  /** Asks for the file from a byte on; `Hub.read` of one file. */
  readonly read: (from: number, use: (answer: Answer) => Promise<void>) => Promise<void>;
  readonly report: Report;
}

/**
 * Fills a partial file to its end and checks it. What an earlier process left is hashed from disk; what comes
 * is hashed as it is written, a chunk at a time.
 *
 * @returns bytes that came over the network
 * @throws GuardError `bad_model_file` when the content is not what was published
 */
export async function download(
  file: HubFile,
  partial: PartialFile,
  { read, report, ...options }: DownloadOptions,
): Promise<number> {
  let hash = startHash(file.digest, file.bytes);
  let done = 0; // bytes on disk, all of them hashed
  let furthest = 0;
  let received = 0;
  const absorb = (chunk: Uint8Array): void => {
    hash.update(chunk);
    report((done += chunk.byteLength));
    furthest = Math.max(furthest, done);
  };
  const restart = async (): Promise<void> => {
    await partial.truncate();
    hash = startHash(file.digest, file.bytes);
    report((done = 0));
  };

  if (partial.bytes > file.bytes) await restart();
  else if (partial.bytes > 0) for await (const chunk of partial.read(options.signal)) absorb(chunk);

  await persist({ ...options, bytesDone: () => furthest }, async () => {
    if (done === file.bytes) return;
    await read(done, async (answer) => {
      const had = done;
      if (had > 0 && !continuesAt(answer, had, file.bytes)) await restart();
      if (answer.status === 416) throw tooShort(file, had);
      for await (const chunk of answer.chunks) {
        if (done + chunk.byteLength > file.bytes) throw wrong(file, "is longer than the hub says");
        await partial.write(chunk, done);
        received += chunk.byteLength;
        absorb(chunk);
      }
    });
    if (done < file.bytes) throw tooShort(file, done);
  });
  if (hash.digest("hex") !== file.digest.hex) throw wrong(file, "is not what was published");
  return received;
}

/** A server may ignore what was asked for and begin anew, or find that it has less than is already here. */
const continuesAt = ({ status, headers }: Answer, from: number, bytes: number): boolean =>
  status === 206 &&
  headers.get("content-range") === `bytes ${String(from)}-${String(bytes - 1)}/${String(bytes)}`;

/** Perhaps only the connection ended, in a way that looks like the end of the file. */
const tooShort = (file: HubFile, bytes: number): GuardError =>
  wrong(file, `ended after ${String(bytes)} of ${String(file.bytes)} bytes`, { retryAfterMs: 0 });

const wrong = (file: HubFile, how: string, options?: { retryAfterMs: number }): GuardError =>
  new GuardError("bad_model_file", `${file.path} as downloaded ${how}; it was removed, try again`, options);
