import { corrupt } from "./corrupt.js";
import type { HuffmanTable } from "./huffman-table.js";
import { MAX_BLOCK_BYTES } from "./limits.js";
import { readLiterals } from "./read-literals.js";
import { readSequences, type SequenceMemory } from "./read-sequences.js";

/** Unpacks the blocks of one frame, in order. */
export interface FrameDecoder {
  /** @returns bytes of its own */
  raw(block: Uint8Array): Uint8Array;
  repeated(byte: number, count: number): Uint8Array;
  packed(block: Uint8Array): Uint8Array;
}

/** From here on a call of the engine is faster than a loop. */
const LONG_COPY = 64;

/** @param windowBytes how far back repetitions may reach */
export function createFrameDecoder(windowBytes: number): FrameDecoder {
  // What was unpacked, the last window of it at least; moved to the front when the end is reached.
  const buffer = new Uint8Array(windowBytes + Math.max(8 * MAX_BLOCK_BYTES, windowBytes >> 2));
  const memory: SequenceMemory = {
    tables: { literals: null, offsets: null, matches: null },
    offsets: [1, 4, 8],
  };
  let huffman: HuffmanTable | null = null;
  let end = 0;

  const begin = (): number => {
    if (end + MAX_BLOCK_BYTES > buffer.length) {
      buffer.copyWithin(0, end - windowBytes, end);
      end = windowBytes;
    }
    return end;
  };
  const room = (start: number, more: number): void => {
    if (end - start + more > MAX_BLOCK_BYTES) corrupt("a block that becomes too large");
  };

  return {
    raw(block) {
      const start = begin();
      buffer.set(block, start);
      end += block.length;
      return buffer.slice(start, end);
    },
    repeated(byte, count) {
      const start = begin();
      end += count;
      buffer.fill(byte, start, end);
      return buffer.slice(start, end);
    },
    packed(block) {
      const start = begin();
      const literals = readLiterals(block, huffman);
      huffman = literals.table;
      let used = 0;
      const copyLiterals = (count: number): void => {
        if (used + count > literals.bytes.length) corrupt("more literals than there are");
        if (count > LONG_COPY) buffer.set(literals.bytes.subarray(used, used + count), end);
        else for (let at = 0; at < count; at++) buffer[end + at] = literals.bytes[used + at]!;
        used += count;
        end += count;
      };
      readSequences(block.subarray(literals.length), memory, (literalLength, offset, matchLength) => {
        room(start, literalLength + matchLength);
        copyLiterals(literalLength);
        const from = end - offset;
        if (from < 0 || offset > windowBytes) corrupt("a repetition from before the beginning");
        // Byte by byte where a repetition reaches into itself.
        if (matchLength > LONG_COPY && offset >= matchLength)
          buffer.copyWithin(end, from, from + matchLength);
        else for (let at = 0; at < matchLength; at++) buffer[end + at] = buffer[from + at]!;
        end += matchLength;
      });
      room(start, literals.bytes.length - used);
      copyLiterals(literals.bytes.length - used);
      return buffer.slice(start, end);
    },
  };
}
