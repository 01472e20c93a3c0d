import type { Tensor } from "../tensor.js";

/** The given rows of a matrix, in the given order. */
export function pickRows<T extends Tensor>(matrix: T, rows: readonly number[]): T {
  const { shape, data } = matrix;
  const rowBytes = data.byteLength / shape[0]!;
  const picked = new Uint8Array(rows.length * rowBytes);
  rows.forEach((row, i) => {
    picked.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), i * rowBytes);
  });
  return { ...matrix, shape: [rows.length, ...shape.slice(1)], data: picked };
}
