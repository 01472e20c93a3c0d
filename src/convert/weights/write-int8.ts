import { bytesOf, type DataFile } from "./data-file.js";
import type { RowBlock } from "./read-rows.js";
import { turnInto } from "./turn-into.js";
import type { MatrixSize, WeightTarget } from "./weight-job.js";

/**
 * Largest magnitude of a quantised weight. Two products of an unsigned activation and a weight are added in
 * 16 bits on processors without VNNI: 2 * 255 * 64 fits, 2 * 255 * 127 saturates silently. The eighth bit
 * would be worth half a bit of accuracy in practice and a wrong answer on some machines.
 */
export const MAX_WEIGHT = 63;

/**
 * Symmetric quantisation of one row to -63..63; a tie rounds up.
 * @param values receives the integers
 * @returns the scale: weight is about integer times scale; a row of zeros has scale 1
 */
export function quantizeRowInt8(row: Float32Array, values: Int8Array): number {
  let largest = 0;
  for (let i = 0; i < row.length; i++) {
    const magnitude = Math.abs(row[i]!);
    if (magnitude > largest) largest = magnitude;
  }
  const scale = Math.fround(largest / MAX_WEIGHT) || 1;
  for (let i = 0; i < row.length; i++) {
    const rounded = Math.round(row[i]! / scale);
    values[i] = rounded > MAX_WEIGHT ? MAX_WEIGHT : rounded < -MAX_WEIGHT ? -MAX_WEIGHT : rounded;
  }
  return scale;
}

/** @returns sum of squares of what was rounded away */
export function writeInt8(
  { values, scales }: Extract<WeightTarget, { kind: "int8" }>,
  { rows, columns }: MatrixSize,
  blocks: Iterable<RowBlock>,
  file: DataFile,
): number {
  const turned = new Int8Array(rows * columns);
  const scaleOf = new Float32Array(rows);
  let lost = 0;
  for (const block of blocks) {
    const integers = new Int8Array(block.values.length);
    for (let row = 0; row < block.rows; row++) {
      const weights = block.values.subarray(row * columns, (row + 1) * columns);
      const quantized = integers.subarray(row * columns, (row + 1) * columns);
      const scale = quantizeRowInt8(weights, quantized);
      scaleOf[block.from + row] = scale;
      for (let i = 0; i < columns; i++) lost += (weights[i]! - quantized[i]! * scale) ** 2;
    }
    turnInto(turned, rows, integers, block);
  }
  file.write(bytesOf(turned), values.offset);
  file.write(bytesOf(scaleOf), scales.offset);
  return lost;
}
