import { LOG_LIMITS } from "./limits.js";
import { Unreadable } from "./unreadable.js";

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

const decoder = new TextDecoder("utf-8", { fatal: true }); // leaves out a byte order mark

/** @throws Unreadable `broken_encoding` */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Unreadable("broken_encoding", "not valid UTF-8; save the log as UTF-8");
  }
}

/** @throws Unreadable `broken_encoding`, `too_deep` or `broken_json` */
export function parseRecord(bytes: Uint8Array): unknown {
  if (isTooDeep(bytes))
    throw new Unreadable("too_deep", `nested more than ${String(LOG_LIMITS.maxDepth)} deep`);
  const text = decodeUtf8(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable("broken_json", "not JSON");
  }
}

/** Asked before parsing: eight megabytes of brackets would become hundreds of megabytes of objects. */
export function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      // Most of a record is text: let the engine search it.
      do at = bytes.indexOf(QUOTE, at + 1);
      while (at >= 0 && isEscaped(bytes, at));
      if (at < 0) return false; // broken, as parsing will find
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > LOG_LIMITS.maxDepth) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(bytes: Uint8Array, at: number): boolean {
  let first = at;
  while (first > 0 && bytes[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
