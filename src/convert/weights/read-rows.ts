import { GuardError } from "../../base/index.js";
import { addDelta } from "../adapter/add-delta.js";
import type { LoraDelta } from "../adapter/adapter.js";
import { fromFloat32, isFinite, toFloat32 } from "../float-elements.js";
import { openWeightFile, type TensorPlace, type WeightFile } from "../tensor-place.js";
import { BYTES_PER_ELEMENT, type FloatType } from "../tensor.js";
import { rowsOfPart, type MatrixPart, type MatrixSource } from "./matrix-source.js";

/** Some rows of a matrix, one after the other. */
export interface RowBlock {
  /** Index of the first row in the whole. */
  readonly from: number;
  readonly rows: number;
  /** float32 [rows, columns]; the reader's own, valid until the next block. */
  readonly values: Float32Array;
}

/** Rows at a time: as many as a cache line has bytes, so that turned 8-bit rows fill whole lines. */
export const BLOCK_ROWS = 64;

/**
 * Reads a matrix block by block, so that no matrix has to be in memory as a whole. Blocks the thread.
 * @throws GuardError `bad_model_file` naming file and tensor where a number is NaN or infinite
 */
export function* readRows(source: MatrixSource): Generator<RowBlock> {
  let from = 0;
  for (const part of source.parts) {
    using file = openWeightFile(part.place.file);
    const deltaOf = part.delta === undefined ? null : loadDelta(part.delta);
    for (const { first, rows } of runsOf(source, part)) {
      const values = readStored(file, part.place, first, rows, source.columns);
      if (deltaOf !== null) {
        addDelta(values, source.columns, first, deltaOf);
        roundTo(part.place.dtype, values);
      }
      if (!isFinite(values))
        throw new GuardError(
          "bad_model_file",
          `${part.place.file}: ${part.place.name} holds NaN or infinity`,
        );
      scale(values, source.columns, part.rowFactors?.subarray(first, first + rows), source.columnFactors);
      yield { from, rows, values };
      from += rows;
    }
  }
}

/** Rows that lie one after the other in the file, at most a block of them. */
function* runsOf({ pickedRows }: MatrixSource, part: MatrixPart): Generator<{ first: number; rows: number }> {
  if (pickedRows !== undefined) for (const first of pickedRows) yield { first, rows: 1 };
  else
    for (let first = 0, all = rowsOfPart(part); first < all; first += BLOCK_ROWS)
      yield { first, rows: Math.min(BLOCK_ROWS, all - first) };
}

function readStored(
  file: WeightFile,
  { dtype, begin }: TensorPlace,
  firstRow: number,
  rows: number,
  columns: number,
): Float32Array {
  const rowBytes = columns * BYTES_PER_ELEMENT[dtype];
  const bytes = new Uint8Array(rows * rowBytes);
  file.readInto(bytes, begin + firstRow * rowBytes);
  return toFloat32(dtype, bytes);
}

function loadDelta({ rank, scale, a, b }: LoraDelta): Parameters<typeof addDelta>[3] {
  return { rank, scale, a: readWhole(a), b: readWhole(b) };
}

function readWhole(place: TensorPlace): Float32Array {
  using file = openWeightFile(place.file);
  return readStored(file, place, 0, place.shape[0]!, place.shape[1]!);
}

/** As merging into the stored weights would leave them. */
function roundTo(elementType: FloatType, values: Float32Array): void {
  if (elementType === "F32") return;
  const rounded = fromFloat32(elementType, values);
  values.set(toFloat32(elementType, new Uint8Array(rounded.buffer)));
}

function scale(
  values: Float32Array,
  columns: number,
  rowFactors: Float32Array | undefined,
  columnFactors: Float32Array | undefined,
): void {
  if (rowFactors === undefined && columnFactors === undefined) return;
  for (let i = 0, row = 0; i < values.length; row++) {
    const ofRow = rowFactors?.[row] ?? 1;
    if (columnFactors === undefined) for (let c = 0; c < columns; c++) values[i++]! *= ofRow;
    else for (let c = 0; c < columns; c++) values[i++]! *= ofRow * columnFactors[c]!;
  }
}
