import type { Difference } from "./graph-messages.js";

/** @param first logits of `rows` tokens, float32 [rows, V]; those of a guard begin with `safe` and `unsafe` */
export function largestDifference(first: Float32Array, other: Float32Array, rows: number): Difference {
  const width = first.length / rows;
  let [logits, unsafe] = [0, 0];
  for (let i = 0; i < first.length; i++) logits = Math.max(logits, Math.abs(first[i]! - other[i]!));
  const share = (of: Float32Array, row: number): number =>
    1 / (1 + Math.exp(of[row * width]! - of[row * width + 1]!));
  for (let row = 0; row < rows; row++)
    unsafe = Math.max(unsafe, Math.abs(share(first, row) - share(other, row)));
  return { logits, unsafe };
}
