import type { FloatTensor } from "./tensor.js";

/** The values of a tensor as float32, exactly: float32 holds every value of the other two types. */
export function toFloat32(tensor: FloatTensor): Float32Array {
  const { buffer, byteOffset, byteLength } = tensor.data;
  switch (tensor.elementType) {
    case "F32":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case "F16":
      return widen(new Uint16Array(buffer, byteOffset, byteLength / 2), bitsOfHalf);
    case "BF16":
      return widen(new Uint16Array(buffer, byteOffset, byteLength / 2), (bits) => bits << 16);
  }
}

/** Float32 bit patterns are written as integers: going through a float would quieten NaNs and cost time. */
function widen(narrow: Uint16Array, bitsOf: (bits: number) => number): Float32Array {
  const wide = new Int32Array(narrow.length);
  for (let i = 0; i < narrow.length; i++) wide[i] = bitsOf(narrow[i]!);
  return new Float32Array(wide.buffer);
}

/** Float32 bits of an IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // subnormal: bring its leading bit to the implicit place
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** Exponent bits that are all ones only in infinities and NaNs. */
const NOT_FINITE = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 } as const;

/** Whether a tensor holds no NaN and no infinity. */
export function isFinite(tensor: FloatTensor): boolean {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const mask = NOT_FINITE[tensor.elementType];
  const bits =
    tensor.elementType === "F32"
      ? new Uint32Array(buffer, byteOffset, byteLength / 4)
      : new Uint16Array(buffer, byteOffset, byteLength / 2);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & mask) === mask) return false;
  return true;
}
