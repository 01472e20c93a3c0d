import { fseTable, type FseTable } from "./fse-table.js";

/** One of the three codes that a sequence is made of. */
export interface SequenceCode {
  readonly maxLog: number;
  readonly maxSymbol: number;
  /** The table that is used where a block brings none. */
  readonly usual: FseTable;
}

/** What a symbol of a length code stands for: a base and as many more bits. */
export interface LengthCode extends SequenceCode {
  readonly bases: Uint32Array;
  readonly bits: Uint8Array;
}

const repeat = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** Lengths follow one another without a gap. */
function lengthCode(first: number, bits: readonly number[], usualCounts: readonly number[]): LengthCode {
  const bases = new Uint32Array(bits.length);
  let base = first;
  bits.forEach((count, symbol) => {
    bases[symbol] = base;
    base += 2 ** count;
  });
  return {
    maxLog: 9,
    maxSymbol: bits.length - 1,
    usual: fseTable(usualCounts, 6),
    bases,
    bits: Uint8Array.from(bits),
  };
}

/** @see RFC 8878, section 3.1.1.3.2.1.1 and, for the usual tables, 3.1.1.3.2.2 */
export const LITERAL_LENGTHS = lengthCode(
  0,
  [...repeat(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  [4, 3, ...repeat(11, 2), 1, 1, 1, ...repeat(9, 2), 3, 2, ...repeat(5, 1), ...repeat(4, -1)],
);

export const MATCH_LENGTHS = lengthCode(
  3,
  [...repeat(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  [1, 4, 3, ...repeat(6, 2), ...repeat(37, 1), ...repeat(7, -1)],
);

/** A symbol is the number of bits of the offset behind its first. */
export const OFFSETS: SequenceCode = {
  maxLog: 8,
  maxSymbol: 31,
  usual: fseTable([...repeat(6, 1), 2, 2, 2, ...repeat(15, 1), ...repeat(5, -1)], 5),
};
