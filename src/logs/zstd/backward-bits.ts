import { corrupt } from "./corrupt.js";

/** Bits of a stream that is read from its end, as both entropy coders of zstd write. */
export interface BackwardBits {
  readonly bytes: Uint8Array;
  /** Bits not read yet. Below 0 where more was read than there was: bits beyond the beginning are 0. */
  left: number;
}

/** @throws Unreadable `decompression_failed` where the last byte marks no end */
export function backwardBits(bytes: Uint8Array): BackwardBits {
  const last = bytes.at(-1) ?? 0;
  if (last === 0) corrupt("a bit stream without an end");
  return { bytes, left: bytes.length * 8 - 8 + (31 - Math.clz32(last)) };
}

/** The next bits without taking them. @param count 0..16 */
export function peekBits({ bytes, left }: BackwardBits, count: number): number {
  const from = left - count;
  if (from < 0) return left <= 0 ? 0 : bitsAt(bytes, 0, left) << -from;
  return bitsAt(bytes, from, count);
}

/** @param count 0..31 */
export function readBits(bits: BackwardBits, count: number): number {
  if (count > 16) {
    const high = readBits(bits, count - 16);
    return high * 0x10000 + readBits(bits, 16);
  }
  const value = peekBits(bits, count);
  bits.left -= count;
  return value;
}

/** @param count 0..16, which with the 7 bits before them lie in three bytes */
function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  const at = from >>> 3;
  const three = bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (three >>> (from & 7)) & ((1 << count) - 1);
}
