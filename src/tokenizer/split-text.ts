import { GuardError } from "../base/index.js";
import type { PlainText } from "./plain-text.js";

/**
 * Cuts `text` into pieces of at most `maxTokens` tokens each, counted by encoding the piece alone; each next
 * piece repeats about `overlapTokens` tokens of the one before. Cuts fall between words where a word
 * boundary lies in the second half of a piece, else between characters. All in UTF-8 byte offsets.
 * @throws GuardError `too_large` when a single character takes more tokens than a piece may have
 */
export function splitText(
  plain: PlainText,
  text: string,
  maxTokens: number,
  overlapTokens: number,
): string[] {
  const bytes = Buffer.from(text);
  const { wordBytes, tokenBytes } = plain.layout(text);
  const wordStarts = offsets(wordBytes);
  const tokenStarts = offsets(tokenBytes);
  const slice = (start: number, end: number): string => bytes.toString("utf8", start, end);
  const tokensOf = (start: number, end: number): number =>
    plain.encode(plain.write(slice(start, end), "first")).length;

  const endOfPiece = (start: number): number => {
    let limit = tokenStarts[indexBefore(tokenStarts, start) + maxTokens] ?? bytes.length;
    for (;;) {
      const word = wordStarts[indexBefore(wordStarts, limit)] ?? 0;
      let end = word > (start + limit) / 2 ? word : characterBefore(bytes, limit);
      if (end <= start) end = characterAfter(bytes, start);
      const excess = tokensOf(start, end) - maxTokens;
      if (excess <= 0) return end;
      if (end <= characterAfter(bytes, start))
        throw new GuardError(
          "too_large",
          `one character takes more than the ${String(maxTokens)} tokens of a piece`,
        );
      limit = Math.min(end - 1, tokenStarts[indexBefore(tokenStarts, end) - excess] ?? 0);
    }
  };

  const pieces: string[] = [];
  let start = 0;
  let covered = 0;
  while (covered < bytes.length) {
    let end = endOfPiece(start);
    if (end <= covered) {
      start = covered; // the overlap left no room for anything new
      end = endOfPiece(start);
    }
    pieces.push(slice(start, end));
    covered = end;
    const repeatFrom = tokenStarts[indexBefore(tokenStarts, end) - overlapTokens] ?? 0;
    start = repeatFrom > start ? characterBefore(bytes, repeatFrom) : end;
  }
  return pieces;
}

/** Start of each run and, last, the end of all. */
const offsets = (lengths: readonly number[]): number[] => {
  let at = 0;
  return [0, ...lengths.map((length) => (at += length))];
};

/** Index of the last start at or before `offset`; `starts` ascend from 0. */
function indexBefore(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low;
}

const isInsideCharacter = (bytes: Buffer, offset: number): boolean => ((bytes[offset] ?? 0) & 0xc0) === 0x80;

function characterBefore(bytes: Buffer, offset: number): number {
  while (isInsideCharacter(bytes, offset)) offset -= 1;
  return offset;
}

function characterAfter(bytes: Buffer, offset: number): number {
  do offset += 1;
  while (isInsideCharacter(bytes, offset));
  return offset;
}
