/** Element types this workshop reads weights in and writes graphs with, by their safetensors names. */
export type ElementType = "F32" | "F16" | "BF16" | "I8" | "U8" | "I32" | "I64";

export const BYTES_PER_ELEMENT = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I8: 1,
  U8: 1,
  I32: 4,
  I64: 8,
} as const satisfies Record<ElementType, number>;

/** Row-major, little-endian, starting at the beginning of its own buffer so that typed arrays fit over it. */
export interface Tensor {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Element types that a checkpoint may hold weights in. */
export type FloatType = "F32" | "F16" | "BF16";

export type FloatTensor = Tensor & { readonly elementType: FloatType };

/** A tensor over the memory of a typed array; nothing is copied. */
export const tensorOf = <E extends ElementType>(
  elementType: E,
  shape: readonly number[],
  values: Float32Array | Uint16Array | Int8Array | Uint8Array | Int32Array | BigInt64Array,
): Tensor & { readonly elementType: E } => ({
  elementType,
  shape,
  data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

/** A tensor without dimensions. */
export const scalarOf = (elementType: "F32" | "U8", value: number): Tensor =>
  tensorOf(elementType, [], elementType === "F32" ? Float32Array.of(value) : Uint8Array.of(value));
