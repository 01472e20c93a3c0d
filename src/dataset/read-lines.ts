import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { GuardError } from "../base/index.js";

/** A conversation of 8,192 tokens is about 32 KiB; a line of a hundred times that is not one. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

const LINE_FEED = 0x0a;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Lines of a UTF-8 file, unpacked on the way when its name ends in `.gz`. Holds one line and one chunk at a time; an
 * abort takes effect with the next chunk.
 * @throws GuardError `invalid_config` naming file and line, never the line's text
 */
export async function* readLines(path: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 1;
  let begun: Uint8Array[] = [];
  let bytes = 0;
  const refuse = (wrong: string, cause?: unknown): GuardError =>
    new GuardError("invalid_config", `${path}, line ${String(number)}: ${wrong}`, { cause });

  const add = (piece: Uint8Array): void => {
    bytes += piece.byteLength;
    if (bytes > MAX_LINE_BYTES) throw refuse(`longer than ${String(MAX_LINE_BYTES)} bytes; is this JSONL?`);
    begun.push(piece);
  };
  const finish = (): Line => {
    try {
      return { text: decoder.decode(Buffer.concat(begun)), number };
    } catch (cause) {
      throw refuse("not valid UTF-8; save the file as UTF-8", cause);
    } finally {
      begun = [];
      bytes = 0;
      number += 1;
    }
  };

  for await (const chunk of chunksOf(path)) {
    signal?.throwIfAborted();
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (bytes > 0) yield finish();
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const packed = path.endsWith(".gz");
  try {
    yield* packed ? pipeline(file, createGunzip(), () => undefined) : file;
  } catch (cause) {
    const how = packed ? "unpacked; is it a whole gzip file?" : "read";
    throw new GuardError("invalid_config", `${path} cannot be ${how}`, { cause });
  }
}
