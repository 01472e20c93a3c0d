import { backwardBits, readBits } from "./backward-bits.js";
import { corrupt } from "./corrupt.js";
import { constantTable, readFseTable, type FseTable } from "./fse-table.js";
import { LITERAL_LENGTHS, MATCH_LENGTHS, OFFSETS, type SequenceCode } from "./sequence-codes.js";

/** What a frame remembers from block to block. */
export interface SequenceMemory {
  tables: { literals: FseTable | null; offsets: FseTable | null; matches: FseTable | null };
  /** The last three offsets, the newest first. */
  offsets: [number, number, number];
}

/** Copies literals and then repeats what came before. `offset` counts bytes back, from 1. */
export type UseSequence = (literals: number, offset: number, matchLength: number) => void;

/**
 * Reads the sequences of one block, one after the other.
 * @throws Unreadable `decompression_failed`
 * @see RFC 8878, sections 3.1.1.3.2 and 3.1.1.5
 */
export function readSequences(section: Uint8Array, memory: SequenceMemory, use: UseSequence): void {
  const { count, length } = readCount(section);
  if (count === 0) return;
  const modes = section[length] ?? corrupt("sequences that are cut off");
  if ((modes & 3) !== 0) corrupt("sequences of a kind that is not known");
  let rest = section.subarray(length + 1);
  const choose = (mode: number, code: SequenceCode, before: FseTable | null): FseTable => {
    if (mode === 0) return code.usual;
    if (mode === 3) return before ?? corrupt("sequences that refer to no table");
    if (mode === 1) {
      const symbol = rest[0] ?? corrupt("sequences that are cut off");
      if (symbol > code.maxSymbol) corrupt("a symbol that its code does not have");
      rest = rest.subarray(1);
      return constantTable(symbol);
    }
    const own = readFseTable(rest, code);
    rest = rest.subarray(own.length);
    return own.table;
  };
  const literals = choose(modes >> 6, LITERAL_LENGTHS, memory.tables.literals);
  const offsets = choose((modes >> 4) & 3, OFFSETS, memory.tables.offsets);
  const matches = choose((modes >> 2) & 3, MATCH_LENGTHS, memory.tables.matches);
  memory.tables = { literals, offsets, matches };

  const bits = backwardBits(rest);
  let literalState = readBits(bits, literals.log);
  let offsetState = readBits(bits, offsets.log);
  let matchState = readBits(bits, matches.log);
  for (let left = count; left > 0; left--) {
    const offsetBits = offsets.symbols[offsetState]!;
    const matchSymbol = matches.symbols[matchState]!;
    const literalSymbol = literals.symbols[literalState]!;
    const offsetValue = 2 ** offsetBits + readBits(bits, offsetBits);
    const matchLength = MATCH_LENGTHS.bases[matchSymbol]! + readBits(bits, MATCH_LENGTHS.bits[matchSymbol]!);
    const literalLength =
      LITERAL_LENGTHS.bases[literalSymbol]! + readBits(bits, LITERAL_LENGTHS.bits[literalSymbol]!);
    if (left > 1) {
      literalState = literals.bases[literalState]! + readBits(bits, literals.bits[literalState]!);
      matchState = matches.bases[matchState]! + readBits(bits, matches.bits[matchState]!);
      offsetState = offsets.bases[offsetState]! + readBits(bits, offsets.bits[offsetState]!);
    }
    if (bits.left < 0) corrupt("sequences that are cut off");
    use(literalLength, nextOffset(offsetValue, literalLength, memory), matchLength);
  }
  if (bits.left !== 0) corrupt("sequences that do not fill their stream");
}

function readCount(section: Uint8Array): { count: number; length: number } {
  const [first, second = 0, third = 0] = section;
  if (first === undefined) corrupt("a block without sequences");
  if (first < 128) return { count: first, length: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + second, length: 2 };
  return { count: second + (third << 8) + 0x7f00, length: 3 };
}

/** Values up to 3 name an earlier offset, by its age; without literals the newest would make no sense and is passed over. */
function nextOffset(value: number, literalLength: number, { offsets }: SequenceMemory): number {
  const [newest, second, third] = offsets;
  const age = value + (literalLength === 0 ? 1 : 0);
  if (value > 3) {
    [offsets[0], offsets[1], offsets[2]] = [value - 3, newest, second];
    return value - 3;
  }
  if (age === 1) return newest;
  if (age === 2) {
    [offsets[0], offsets[1]] = [second, newest];
    return second;
  }
  const offset = age === 3 ? third : newest - 1;
  if (offset === 0) corrupt("a repetition of nothing");
  [offsets[0], offsets[1], offsets[2]] = [offset, newest, second];
  return offset;
}
