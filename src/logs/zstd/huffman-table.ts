import { backwardBits, peekBits, readBits } from "./backward-bits.js";
import { corrupt } from "./corrupt.js";
import { readFseTable } from "./fse-table.js";

/** Literals by the next `log` bits: the symbol in the low byte, how many bits it takes above. */
export interface HuffmanTable {
  readonly log: number;
  readonly entries: Uint16Array;
}

const MAX_LOG = 11;

/**
 * @returns the table and how many bytes describe it
 * @throws Unreadable `decompression_failed`
 * @see RFC 8878, section 4.2.1
 */
export function readHuffmanTable(bytes: Uint8Array): { table: HuffmanTable; length: number } {
  const head = bytes[0] ?? corrupt("no room for a Huffman table");
  if (head < 128) {
    if (bytes.length < 1 + head) corrupt("a Huffman table that is cut off");
    return { table: tableOf(packedWeights(bytes.subarray(1, 1 + head))), length: 1 + head };
  }
  const count = head - 127;
  const length = 1 + ((count + 1) >> 1);
  if (bytes.length < length) corrupt("a Huffman table that is cut off");
  const weights = Array.from({ length: count }, (_, at) => {
    const pair = bytes[1 + (at >> 1)]!;
    return at % 2 === 0 ? pair >> 4 : pair & 15;
  });
  return { table: tableOf(weights), length };
}

/** Two states take turns until the stream is used up. */
function packedWeights(bytes: Uint8Array): number[] {
  const { table, length } = readFseTable(bytes, { maxLog: 6, maxSymbol: 255 });
  const bits = backwardBits(bytes.subarray(length));
  const weights: number[] = [];
  const states = [readBits(bits, table.log), readBits(bits, table.log)];
  for (let turn = 0; weights.length < 255; turn = 1 - turn) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    states[turn] = table.bases[state]! + readBits(bits, table.bits[state]!);
    if (bits.left < 0) {
      weights.push(table.symbols[states[1 - turn]!]!);
      return weights;
    }
  }
  return corrupt("a Huffman table of too many symbols");
}

/** The last symbol's weight is what the others leave. */
function tableOf(weights: readonly number[]): HuffmanTable {
  const sum = weights.reduce((all, weight) => all + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  if (sum === 0 || weights.length > 255) corrupt("a Huffman table without symbols");
  const log = Math.floor(Math.log2(sum)) + 1;
  const rest = 2 ** log - sum;
  if (log > MAX_LOG || !Number.isInteger(Math.log2(rest))) corrupt("a Huffman table that does not add up");
  const all = [...weights, Math.log2(rest) + 1];
  const entries = new Uint16Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++)
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue;
      entries.fill(((log + 1 - weight) << 8) | symbol, at, at + (1 << (weight - 1)));
      at += 1 << (weight - 1);
    }
  return { log, entries };
}

/** Fills `into` with the symbols of one stream, which has to hold exactly as many. */
export function readHuffmanStream(bytes: Uint8Array, { log, entries }: HuffmanTable, into: Uint8Array): void {
  const bits = backwardBits(bytes);
  let { left } = bits;
  const mask = (1 << log) - 1;
  let at = 0;
  // `peekBits` written out: most of the time of unpacking goes by here. Three bytes hold 11 bits wherever they begin.
  for (; at < into.length && left >= log; at++) {
    const from = left - log;
    const byte = from >>> 3;
    const three = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16);
    const entry = entries[(three >>> (from & 7)) & mask]!;
    into[at] = entry & 0xff;
    left -= entry >> 8;
  }
  bits.left = left;
  for (; at < into.length; at++) {
    const entry = entries[peekBits(bits, log)]!;
    into[at] = entry & 0xff;
    bits.left -= entry >> 8;
  }
  if (bits.left !== 0) corrupt("literals that do not fill their stream");
}
