import { createHash } from "node:crypto";

/** A number in 0..1, 1 excluded. */
export type Random = () => number;

/**
 * mulberry32, begun from all parts: the same numbers for the same parts on every machine, and others for any other.
 * Good enough to shuffle with, and for nothing secret.
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  let state = createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `below`, which it never reaches. */
export const drawBelow = (below: number, random: Random): number => Math.floor(random() * below);

/** A shuffled copy (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = drawBelow(last + 1, random);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}
