/** Where a text stops being JSON, or says the same thing twice. */
export interface JsonFault {
  /** JSON pointer to the value being read. */
  readonly pointer: string;
  /** With line and column, both from 1. */
  readonly message: string;
}

/** Deeper nesting than any policy has; keeps a hostile file from exhausting the stack. */
const MAX_DEPTH = 32;

const SPACE = /[ \t\n\r]*/y;
const PUNCTUATION = /[{}[\]:,]/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.+-])/y;

class Unreadable extends Error {}

/**
 * The first place where `text` is not JSON, or else every property that an object repeats: `JSON.parse`
 * tells neither line nor column of some mistakes and keeps the last of two equal properties in silence.
 */
export function findJsonFaults(text: string): JsonFault[] {
  const faults: JsonFault[] = [];
  let at = 0;

  const where = (offset: number): string => {
    const lines = text.slice(0, offset).split("\n");
    return `line ${String(lines.length)}, column ${String((lines.at(-1) ?? "").length + 1)}`;
  };
  const take = (token: RegExp): string | undefined => {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const fail = (pointer: string, expected: string): never => {
    const found =
      at < text.length
        ? `${expected} expected at ${where(at)}`
        : `the file ends where ${expected} is expected`;
    faults.push({ pointer, message: found });
    throw new Unreadable();
  };
  const expectOne = (pointer: string, wanted: string, expected: string): string => {
    const found = take(PUNCTUATION);
    if (found !== undefined && wanted.includes(found)) return found;
    at -= found?.length ?? 0;
    return fail(pointer, expected);
  };

  const readValue = (pointer: string, depth: number): void => {
    if (take(STRING) ?? take(SCALAR)) return;
    const opening = take(PUNCTUATION);
    if (opening === "{" || opening === "[") {
      if (depth === MAX_DEPTH) fail(pointer, `no more than ${String(MAX_DEPTH)} levels`);
      return opening === "{" ? readObject(pointer, depth) : readArray(pointer, depth);
    }
    at -= opening?.length ?? 0;
    fail(pointer, "a value");
  };

  const readArray = (pointer: string, depth: number): void => {
    if (isNext("]")) return;
    for (let index = 0; ; index += 1) {
      readValue(`${pointer}/${String(index)}`, depth + 1);
      if (expectOne(pointer, ",]", "a comma or ]") === "]") return;
    }
  };

  const readObject = (pointer: string, depth: number): void => {
    if (isNext("}")) return;
    const seen = new Set<string>();
    for (;;) {
      const key = take(STRING) ?? fail(pointer, "a property name in double quotes");
      const name = JSON.parse(key) as string;
      const inner = `${pointer}/${escapePointer(name)}`;
      if (seen.has(name))
        faults.push({ pointer: inner, message: `stands a second time at ${where(at - key.length)}` });
      seen.add(name);
      expectOne(inner, ":", "a colon");
      readValue(inner, depth + 1);
      if (expectOne(pointer, ",}", "a comma or }") === "}") return;
    }
  };

  const isNext = (closing: string): boolean => {
    const found = take(PUNCTUATION);
    if (found === closing) return true;
    at -= found?.length ?? 0;
    return false;
  };

  try {
    readValue("", 0);
    take(SPACE);
    if (at < text.length) fail("", "nothing more");
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return faults.slice(-1);
  }
  return faults;
}

/** RFC 6901, section 3. */
export const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
