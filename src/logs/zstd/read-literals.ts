import { corrupt } from "./corrupt.js";
import { readHuffmanStream, readHuffmanTable, type HuffmanTable } from "./huffman-table.js";
import { MAX_BLOCK_BYTES } from "./limits.js";

export interface Literals {
  readonly bytes: Uint8Array;
  /** For a later block that refers to it. */
  readonly table: HuffmanTable | null;
  /** Bytes of the block that held them. */
  readonly length: number;
}

/**
 * The bytes of a block that are no repetitions.
 * @param before the table of an earlier block of the frame
 * @throws Unreadable `decompression_failed`
 * @see RFC 8878, section 3.1.1.3.1
 */
export function readLiterals(block: Uint8Array, before: HuffmanTable | null): Literals {
  const first = block[0] ?? corrupt("an empty block");
  const kind = first & 3;
  const format = (first >> 2) & 3;
  return kind < 2 ? plain(block, kind, format, before) : packed(block, kind, format, before);
}

function plain(block: Uint8Array, kind: number, format: number, table: HuffmanTable | null): Literals {
  const head = [1, 2, 1, 3][format]!;
  const size = littleEndian(block, head) >>> (head === 1 ? 3 : 4);
  const length = head + (kind === 0 ? size : 1);
  if (length > block.length || size > MAX_BLOCK_BYTES) corrupt("literals that are cut off");
  const bytes = kind === 0 ? block.subarray(head, length) : new Uint8Array(size).fill(block[head]!);
  return { bytes, table, length };
}

function packed(block: Uint8Array, kind: number, format: number, before: HuffmanTable | null): Literals {
  const [head, width] = [
    [3, 10],
    [3, 10],
    [4, 14],
    [5, 18],
  ][format] as [number, number];
  const sizes = Math.floor(littleEndian(block, head) / 16);
  const [size, packedSize] = [sizes % 2 ** width, Math.floor(sizes / 2 ** width)];
  const length = head + packedSize;
  if (length > block.length || size > MAX_BLOCK_BYTES) corrupt("literals that are cut off");
  let streams = block.subarray(head, length);
  let table = before ?? null;
  if (kind === 2) {
    const own = readHuffmanTable(streams);
    table = own.table;
    streams = streams.subarray(own.length);
  }
  if (table === null) corrupt("literals that refer to no table");
  const bytes = new Uint8Array(size);
  if (format === 0) readHuffmanStream(streams, table, bytes);
  else readFourStreams(streams, table, bytes);
  return { bytes, table, length };
}

function readFourStreams(streams: Uint8Array, table: HuffmanTable, into: Uint8Array): void {
  if (streams.length < 6) corrupt("literals that are cut off");
  const share = (into.length + 3) >> 2;
  let from = 6;
  for (let nth = 0; nth < 4; nth++) {
    const length = nth < 3 ? streams[2 * nth]! | (streams[2 * nth + 1]! << 8) : streams.length - from;
    if (length < 0 || from + length > streams.length || nth * share > into.length)
      corrupt("literals that are cut off");
    readHuffmanStream(
      streams.subarray(from, from + length),
      table,
      into.subarray(nth * share, nth < 3 ? (nth + 1) * share : into.length),
    );
    from += length;
  }
}

/** @param length 1..5 */
function littleEndian(bytes: Uint8Array, length: number): number {
  if (bytes.length < length) corrupt("a block that is cut off");
  let value = 0;
  for (let at = length - 1; at >= 0; at--) value = value * 256 + bytes[at]!;
  return value;
}
