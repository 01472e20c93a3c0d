import type { Frame, Framed } from "../log-record.js";
import { Unreadable } from "../unreadable.js";
import { createHeldBytes } from "./held-bytes.js";
import { frame, tooLong } from "./line-frame.js";

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];
const [COMMA, LINE_FEED, CARRIAGE_RETURN, SPACE, TAB] = [0x2c, 0x0a, 0x0d, 0x20, 0x09];

/**
 * JSON over many lines: objects one after the other, or the elements of arrays, each a record. Holds one record at a
 * time, however long the array is. A record begins at the line of its first byte.
 */
export function createValueFrame(maxRecordBytes: number): Frame {
  const held = createHeldBytes(maxRecordBytes);
  let line = 1;
  let inArray = false;
  /** Brackets open within the record; 0 in a bare word or number, which is a record too. */
  let depth = 0;
  let isOpen = false;
  let isBare = false;
  let inText = false;
  let isEscaped = false;
  let row = 1;

  const finish = (): Framed | null => {
    isOpen = false;
    if (!held.overflowed) return frame(held.take(), row);
    held.take();
    return { row, broken: tooLong(maxRecordBytes) };
  };

  /** What a byte between records does: it may begin one. */
  const between = (byte: number): void => {
    if (byte === SPACE || byte === CARRIAGE_RETURN || byte === TAB || byte === COMMA || byte === LINE_FEED)
      return;
    if (byte === OPEN_ARRAY && !inArray) inArray = true;
    else if (byte === CLOSE_ARRAY && inArray) inArray = false;
    else {
      isOpen = true;
      inText = byte === QUOTE;
      depth = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? 1 : 0;
      isBare = depth === 0 && !inText;
      row = line;
    }
  };

  /** Whether the record ends with this byte: `with` takes it along, `before` leaves it. */
  const within = (byte: number): "with" | "before" | null => {
    if (isBare) return isBoundary(byte) ? "before" : null;
    if (inText) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) {
        inText = false;
        return depth === 0 ? "with" : null;
      }
      return null;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return --depth === 0 ? "with" : null;
    return null;
  };

  return {
    *push(bytes) {
      let start = 0;
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        if (!isOpen) {
          between(byte);
          start = at;
        } else {
          const end = within(byte);
          if (end !== null) {
            held.add(bytes.subarray(start, end === "with" ? at + 1 : at));
            const framed = finish();
            if (framed !== null) yield framed;
            if (end === "before") between(byte);
            start = at;
          }
        }
        if (byte === LINE_FEED) line += 1;
      }
      if (isOpen) held.add(bytes.subarray(start));
    },
    *end() {
      if (!isOpen) return;
      const isWhole = isBare;
      const framed = finish();
      if (isWhole && framed !== null) yield framed;
      else
        yield { row, broken: new Unreadable("broken_json", "the log ends within a record that begins here") };
    },
  };
}

const isBoundary = (byte: number): boolean =>
  byte === COMMA ||
  byte === LINE_FEED ||
  byte === CARRIAGE_RETURN ||
  byte === SPACE ||
  byte === TAB ||
  byte === OPEN_ARRAY ||
  byte === CLOSE_ARRAY ||
  byte === OPEN_OBJECT;
