/** One value of the metadata, in the type it is written as. */
export type GgufValue =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly i32s: readonly number[] };

/** How the elements of a tensor are stored, by their numbers in the format's own list. */
export const GGUF_TENSOR_TYPE = { F32: 0, Q4_0: 2, Q8_0: 8 } as const;
export type GgufTensorType = keyof typeof GGUF_TENSOR_TYPE;

/** A tensor before its data. */
export interface GgufTensor {
  readonly name: string;
  /** Outermost first; rows of a quantised one are whole blocks. */
  readonly shape: readonly number[];
  readonly type: GgufTensorType;
}

const MAGIC = "GGUF";
const VERSION = 3;
/** Of every tensor's place, in bytes, where the metadata does not say otherwise. */
export const GGUF_ALIGNMENT_BYTES = 32;
/** Numbers of the types of metadata. */
const TYPE = { u32: 4, i32: 5, f32: 6, text: 8, array: 9 } as const;
/** Values that share a scale, and the bytes of such a block. */
export const GGUF_BLOCK = { F32: [1, 4], Q4_0: [32, 18], Q8_0: [32, 34] } as const;

/**
 * All of a GGUF file before its data. The data follow tensor by tensor in the same order, each filled up with
 * zeros to a multiple of the alignment.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3
 */
export function ggufHead(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): Buffer {
  const pairs = Object.entries(metadata);
  const head = [Buffer.from(MAGIC), u32(VERSION), u64(tensors.length), u64(pairs.length)];
  for (const [key, value] of pairs) head.push(text(key), typed(value));
  let offset = 0;
  for (const tensor of tensors) {
    const innermostFirst = [...tensor.shape].reverse();
    const type = u32(GGUF_TENSOR_TYPE[tensor.type]);
    head.push(text(tensor.name), u32(tensor.shape.length), ...innermostFirst.map(u64), type, u64(offset));
    offset += ggufBytes(tensor) + ggufPadding(ggufBytes(tensor));
  }
  const bytes = Buffer.concat(head);
  return Buffer.concat([bytes, Buffer.alloc(ggufPadding(bytes.byteLength))]);
}

/** Bytes of a tensor's data. */
export function ggufBytes({ shape, type }: GgufTensor): number {
  const [values, bytes] = GGUF_BLOCK[type];
  return (shape.reduce((product, size) => product * size, 1) / values) * bytes;
}

/** Zeros that follow so many bytes. */
export const ggufPadding = (bytes: number): number => -bytes & (GGUF_ALIGNMENT_BYTES - 1);

function typed(value: GgufValue): Buffer {
  if ("u32" in value) return Buffer.concat([u32(TYPE.u32), u32(value.u32)]);
  if ("f32" in value) return Buffer.concat([u32(TYPE.f32), f32(value.f32)]);
  if ("text" in value) return Buffer.concat([u32(TYPE.text), text(value.text)]);
  if ("texts" in value) return array(TYPE.text, value.texts.map(text));
  return array(TYPE.i32, value.i32s.map(i32));
}

const array = (type: number, items: readonly Buffer[]): Buffer =>
  Buffer.concat([u32(TYPE.array), u32(type), u64(items.length), ...items]);

/** Length in bytes, then UTF-8 without an end mark. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.byteLength), bytes]);
}

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const i32 = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer);
const f32 = (value: number): Buffer => Buffer.from(Float32Array.of(value).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
