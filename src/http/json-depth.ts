const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]); // [ {
const CLOSING = new Set([0x5d, 0x7d]); // ] }

/**
 * Whether more than `depth` brackets are ever open at once. Looks at bytes only, so that nothing recursive
 * touches a body before it is known to be shallow; in UTF-8 no byte of another character equals a bracket.
 */
export function isDeeperThan(depth: number, json: Uint8Array): boolean {
  let open = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (OPENING.has(byte)) {
      if (++open > depth) return true;
    } else if (CLOSING.has(byte)) open--;
  }
  return false;
}
