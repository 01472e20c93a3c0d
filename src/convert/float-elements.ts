import type { FloatType } from "./tensor.js";

/**
 * Float32 numbers from little-endian elements, exactly: float32 holds every value of the other two types.
 * @param bytes from the start of a buffer of its own
 */
export function toFloat32(
  elementType: FloatType,
  { buffer, byteOffset, byteLength }: Uint8Array,
): Float32Array {
  switch (elementType) {
    case "F32":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case "F16":
      return widen(new Uint16Array(buffer, byteOffset, byteLength / 2), bitsOfHalf);
    case "BF16":
      return widen(new Uint16Array(buffer, byteOffset, byteLength / 2), (bits) => bits << 16);
  }
}

/**
 * The elements nearest to float32 numbers, ties to even. What came from a type goes back to the same bits.
 * Beyond the largest half (65504) lies infinity: whoever writes halves checks for it.
 */
export function fromFloat32(elementType: FloatType, values: Float32Array): Float32Array | Uint16Array {
  if (elementType === "F32") return values;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = new Uint16Array(values.length);
  const narrowed = elementType === "F16" ? halfOfBits : brainOfBits;
  for (let i = 0; i < bits.length; i++) narrow[i] = narrowed(bits[i]!);
  return narrow;
}

/** Whether no number is NaN or infinite. */
export function isFinite(values: Float32Array): boolean {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7f800000) === 0x7f800000) return false;
  return true;
}

/** Bit patterns are written as integers: going through a float would quieten NaNs and cost time. */
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

/** The other way round. A carry out of the fraction runs into the exponent, which is what rounding up means. */
function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00); // 65536 and more
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
  const shift = 126 - (magnitude >>> 23); // subnormal half: count of units of 2^-24
  return shift > 24 ? sign : sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
}

/** A bfloat16 is the upper half of a float32. */
const brainOfBits = (bits: number): number =>
  (bits & 0x7fffffff) > 0x7f800000 ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;

/** Shifted right, to nearest, ties to even. */
const roundedShift = (value: number, shift: number): number =>
  (value + (1 << (shift - 1)) - 1 + ((value >>> shift) & 1)) >>> shift;
