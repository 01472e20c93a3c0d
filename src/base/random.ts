/** A number in 0..1, 1 excluded. */
export type Random = () => number;

/**
 * mulberry32: the same numbers for the same seed on every machine. Good enough to shuffle and to draw tokens with,
 * and for nothing secret.
 * @param seed any whole number, of which the lower 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
