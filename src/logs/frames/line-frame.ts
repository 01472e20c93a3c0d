import type { Frame, Framed } from "../log-record.js";
import { parseRecord } from "../parse-record.js";
import { Unreadable } from "../unreadable.js";
import { createHeldBytes } from "./held-bytes.js";

const LINE_FEED = 0x0a;

/**
 * JSONL: a record a line. A broken line costs that line; of one that is too long the rest is skipped as it comes.
 * Lines of white space are no records.
 */
export function createLineFrame(maxLineBytes: number): Frame {
  const held = createHeldBytes(maxLineBytes);
  let row = 1;
  const finish = (): Framed | null => {
    const wasTooLong = held.overflowed;
    const bytes = held.take();
    const framed = wasTooLong ? { row, broken: tooLong(maxLineBytes) } : frame(bytes, row);
    row += 1;
    return framed;
  };
  return {
    *push(bytes) {
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        held.add(bytes.subarray(start, end));
        const framed = finish();
        if (framed !== null) yield framed;
        start = end + 1;
      }
      held.add(bytes.subarray(start));
    },
    *end() {
      const framed = held.isEmpty ? null : finish();
      if (framed !== null) yield framed;
    },
  };
}

export const tooLong = (maxBytes: number): Unreadable =>
  new Unreadable("line_too_long", `longer than ${String(maxBytes)} bytes`);

export const isBlank = (bytes: Uint8Array): boolean => {
  for (const byte of bytes)
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x0a && byte !== 0x09) return false;
  return true;
};

/** A record and its JSON; null for white space. */
export function frame(bytes: Uint8Array, row: number): Framed | null {
  if (isBlank(bytes)) return null;
  try {
    return { row, value: parseRecord(bytes) };
  } catch (error) {
    if (error instanceof Unreadable) return { row, broken: error };
    throw error;
  }
}
