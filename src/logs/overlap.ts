import type { LoggedTurn } from "./log-entry.js";

/**
 * How many turns at the end of `before` are repeated at the beginning of `after`, at most: each request to a model
 * repeats what was said, the whole of it or the last part that fits. Takes time proportional to both
 * (Knuth, Morris and Pratt).
 */
export function overlap(before: readonly LoggedTurn[], after: readonly LoggedTurn[]): number {
  if (after.length === 0) return 0;
  const tail = before.slice(-after.length);
  const border = [0]; // of each beginning of `after`: its longest end that is a beginning too
  for (let at = 1, length = 0; at < after.length; at++) {
    while (length > 0 && !isSame(after[at], after[length])) length = border[length - 1]!;
    if (isSame(after[at], after[length])) length += 1;
    border.push(length);
  }
  let matched = 0;
  for (const turn of tail) {
    while (matched > 0 && !isSame(turn, after[matched])) matched = border[matched - 1]!;
    if (isSame(turn, after[matched])) matched += 1;
  }
  return matched;
}

const isSame = (one: LoggedTurn | undefined, other: LoggedTurn | undefined): boolean =>
  one !== undefined &&
  one.role === other?.role &&
  one.unreadParts === other.unreadParts &&
  one.content === other.content;
