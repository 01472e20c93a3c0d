import { openWeightFile, type TensorPlace } from "./tensor-place.js";

type Place = Pick<TensorPlace, "file" | "begin" | "end"> & { readonly dtype: string };

const BLOCK_BYTES = 4 * 1024 * 1024;

/** Whether two stored tensors are the same, bit by bit. Reads both; blocks the thread. */
export function sameTensor(one: Place, other: Place): boolean {
  const bytes = one.end - one.begin;
  if (one.dtype !== other.dtype || other.end - other.begin !== bytes) return false;
  using first = openWeightFile(one.file);
  using second = openWeightFile(other.file);
  for (let at = 0; at < bytes; at += BLOCK_BYTES) {
    const [a, b] = [
      Buffer.alloc(Math.min(BLOCK_BYTES, bytes - at)),
      Buffer.alloc(Math.min(BLOCK_BYTES, bytes - at)),
    ];
    first.readInto(a, one.begin + at);
    second.readInto(b, other.begin + at);
    if (!a.equals(b)) return false;
  }
  return true;
}
