import { corrupt } from "./corrupt.js";

/** A decoding table of finite state entropy: for each state its symbol, and how to come to the next. */
export interface FseTable {
  /** States are 0..2^log - 1. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  /** The next state is this plus the bits read. */
  readonly bases: Uint16Array;
}

/** A table of one symbol, for streams in which nothing else occurs. */
export const constantTable = (symbol: number): FseTable => ({
  ...{ log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) },
});

/**
 * @param counts how many states each symbol has, -1 for one that has less than one
 * @see RFC 8878, section 4.1.1
 */
export function fseTable(counts: ArrayLike<number>, log: number): FseTable {
  const size = 1 << log;
  const table = {
    log,
    symbols: new Uint8Array(size),
    bits: new Uint8Array(size),
    bases: new Uint16Array(size),
  };
  const next = new Uint16Array(counts.length);
  let last = size - 1;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    const count = counts[symbol]!;
    next[symbol] = Math.abs(count);
    if (count === -1) table.symbols[last--] = symbol;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let symbol = 0; symbol < counts.length; symbol++)
    for (let left = counts[symbol]!; left > 0; left--) {
      table.symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at > last);
    }
  for (let state = 0; state < size; state++) {
    const symbol = table.symbols[state]!;
    const count = next[symbol]!;
    next[symbol] = count + 1;
    const bits = log - (31 - Math.clz32(count));
    table.bits[state] = bits;
    table.bases[state] = (count << bits) - size;
  }
  return table;
}

/**
 * Reads the description of a table.
 * @param maxLog of tables of this use
 * @param maxSymbol largest symbol of this use
 * @returns the table and how many bytes describe it
 * @throws Unreadable `decompression_failed`
 */
export function readFseTable(
  bytes: Uint8Array,
  { maxLog, maxSymbol }: { maxLog: number; maxSymbol: number },
): { table: FseTable; length: number } {
  let bit = 0;
  const peek = (count: number): number => {
    const at = bit >>> 3;
    const three = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    return (three >>> (bit & 7)) & ((1 << count) - 1);
  };
  const log = peek(4) + 5;
  bit = 4;
  if (log > maxLog) corrupt("a table larger than its use allows");
  const counts: number[] = [];
  let remaining = (1 << log) + 1;
  let threshold = 1 << log;
  let width = log + 1;
  while (remaining > 1) {
    if (counts.length > maxSymbol || bit > bytes.length * 8)
      corrupt("a table of more symbols than its use allows");
    // Values below `short` take one bit less.
    const short = 2 * threshold - 1 - remaining;
    let value = peek(width - 1);
    if (value < short) bit += width - 1;
    else {
      value = peek(width);
      if (value >= threshold) value -= short;
      bit += width;
    }
    const count = value - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    if (count === 0) {
      let more: number;
      do {
        more = peek(2);
        bit += 2;
        for (let i = 0; i < more; i++) counts.push(0);
      } while (more === 3 && counts.length <= maxSymbol);
    }
    while (remaining < threshold && threshold > 1) {
      width -= 1;
      threshold >>= 1;
    }
  }
  const length = (bit + 7) >>> 3;
  if (remaining !== 1 || length > bytes.length || counts.length > maxSymbol + 1)
    corrupt("a table that does not add up");
  return { table: fseTable(counts, log), length };
}
