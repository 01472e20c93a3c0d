import { bytesOf, type DataFile } from "./data-file.js";
import type { RowBlock } from "./read-rows.js";
import type { MatrixSize, WeightTarget } from "./weight-job.js";

/** Weights that share a scale; what the runtime's fastest 4-bit kernels are written for. */
export const INT4_BLOCK = 32;

/** Blocks of a row; the last may be partly filled. */
export const int4Blocks = (columns: number): number => Math.ceil(columns / INT4_BLOCK);

/** Stored 4-bit integers stand for themselves minus this. */
const ZERO_POINT = 8;

/**
 * Quantises one row to -8..7 in blocks of 32, two weights a byte, the earlier one in the lower half.
 *
 * The largest magnitude of a block becomes -8, the one integer without a partner, as in llama.cpp's Q4_0; then
 * the scale is fitted to the integers by least squares, which costs nothing at run time.
 * @param packed receives 16 bytes for every block
 * @param scales receives one float32 for every block
 */
export function quantizeRowInt4(row: Float32Array, packed: Uint8Array, scales: Float32Array): void {
  for (let block = 0; block < scales.length; block++) {
    const values = row.subarray(block * INT4_BLOCK, (block + 1) * INT4_BLOCK);
    const coarse = extremeOf(values) / -ZERO_POINT;
    let [products, squares] = [0, 0];
    const bytes = packed.subarray((block * INT4_BLOCK) / 2, ((block + 1) * INT4_BLOCK) / 2);
    bytes.fill((ZERO_POINT << 4) | ZERO_POINT);
    for (let i = 0; i < values.length; i++) {
      const integer = coarse === 0 ? 0 : nearest(values[i]! / coarse);
      products += values[i]! * integer;
      squares += integer * integer;
      const shift = (i & 1) * 4;
      bytes[i >> 1] = (bytes[i >> 1]! & ~(15 << shift)) | ((integer + ZERO_POINT) << shift);
    }
    scales[block] = squares === 0 ? 1 : products / squares;
  }
}

/** The weight that a stored integer stands for, over its scale. */
export const unpackInt4 = (packed: Uint8Array, index: number): number =>
  ((packed[index >> 1]! >> ((index & 1) * 4)) & 15) - ZERO_POINT;

/** @returns sum of squares of what was rounded away */
export function writeInt4(
  { values, scales }: Extract<WeightTarget, { kind: "int4" }>,
  { columns }: MatrixSize,
  blocks: Iterable<RowBlock>,
  file: DataFile,
): number {
  const rowBlocks = int4Blocks(columns);
  const rowBytes = (rowBlocks * INT4_BLOCK) / 2;
  let lost = 0;
  for (const block of blocks) {
    const packed = new Uint8Array(block.rows * rowBytes);
    const scaleOf = new Float32Array(block.rows * rowBlocks);
    for (let row = 0; row < block.rows; row++) {
      const weights = block.values.subarray(row * columns, (row + 1) * columns);
      const bytes = packed.subarray(row * rowBytes, (row + 1) * rowBytes);
      const ofRow = scaleOf.subarray(row * rowBlocks, (row + 1) * rowBlocks);
      quantizeRowInt4(weights, bytes, ofRow);
      for (let i = 0; i < columns; i++)
        lost += (weights[i]! - unpackInt4(bytes, i) * ofRow[Math.floor(i / INT4_BLOCK)]!) ** 2;
    }
    file.write(packed, values.offset + block.from * rowBytes);
    file.write(bytesOf(scaleOf), scales.offset + block.from * rowBlocks * 4);
  }
  return lost;
}

/** The value of largest magnitude, sign included. */
function extremeOf(values: Float32Array): number {
  let extreme = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!;
  return extreme;
}

function nearest(value: number): number {
  const rounded = Math.round(value);
  return rounded > 7 ? 7 : rounded < -8 ? -8 : rounded;
}
