import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { GuardError } from "../base/index.js";

/** A conversation of 8,192 tokens is about 32 KiB; a line of a hundred times that is not one. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/**
 * Of lines without text, in all. A file with an empty line after each of a million rows stays below; packed, hundreds
 * of megabytes of them would fit into a small file and take minutes.
 */
const MAX_EMPTY_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Lines of a UTF-8 file that hold more than white space, unpacked on the way when its name ends in `.gz`. Holds one
 * line and one chunk at a time; an abort takes effect with the next chunk.
 * @throws GuardError `invalid_config` naming file and line, never the line's text
 */
export async function* readLines(path: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 1;
  let begun: Uint8Array[] = [];
  let bytes = 0;
  let emptyBytes = 0;
  const refuse = (wrong: string, cause?: unknown): GuardError =>
    new GuardError("invalid_config", `${path}, line ${String(number)}: ${wrong}`, { cause });

  const add = (piece: Uint8Array): void => {
    bytes += piece.byteLength;
    if (bytes > MAX_LINE_BYTES) throw refuse(`longer than ${String(MAX_LINE_BYTES)} bytes; is this JSONL?`);
    begun.push(piece);
  };
  const finish = (): Line | null => {
    try {
      const line = { text: decoder.decode(Buffer.concat(begun)), number };
      if (line.text.trim() !== "") return line;
    } catch (cause) {
      throw refuse("not valid UTF-8; save the file as UTF-8", cause);
    }
    emptyBytes += bytes + 1;
    if (emptyBytes <= MAX_EMPTY_BYTES) return null;
    throw refuse(`more than ${String(MAX_EMPTY_BYTES)} bytes of empty lines up to here; leave them out`);
  };
  const next = (): void => {
    begun = [];
    bytes = 0;
    number += 1;
  };

  for await (const chunk of chunksOf(path)) {
    signal?.throwIfAborted();
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      const line = finish();
      if (line !== null) yield line;
      next();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  const last = bytes > 0 ? finish() : null;
  if (last !== null) yield last;
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const packed = path.endsWith(".gz");
  try {
    yield* packed ? pipeline(file, createGunzip(), () => undefined) : file;
  } catch (cause) {
    throw new GuardError("invalid_config", `${path} ${whyNot(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

/** Errors of the system name its call, those of unpacking do not. */
function whyNot({ code, syscall }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "does not exist";
  if (syscall !== undefined) return `cannot be read: ${String(code)}`;
  return "cannot be unpacked; is it a whole gzip file?";
}
