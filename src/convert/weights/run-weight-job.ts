import type { DataFile } from "./data-file.js";
import { rowsOf } from "./matrix-source.js";
import { readRows, type RowBlock } from "./read-rows.js";
import type { MatrixSize, WeightJob, WeightReport, WeightTarget } from "./weight-job.js";
import { writePlain, writeTurned } from "./write-float.js";
import { writeInt4 } from "./write-int4.js";
import { writeInt8 } from "./write-int8.js";

/**
 * Reads a weight, changes it and writes it into its place. Blocks the thread; holds one block of the source
 * and, where the order changes, the whole result (at most 235 MB at 8B).
 * @throws GuardError `bad_model_file`
 */
export function runWeightJob(
  { name, source, target, measurePeaks }: WeightJob,
  file: DataFile,
): WeightReport {
  const seen = { squares: 0, peaks: measurePeaks ? new Float32Array(source.columns) : null };
  const size = { name, rows: rowsOf(source), columns: source.columns };
  const squaredError = writeAs(target, size, observed(readRows(source), seen), file);
  return { name, kind: target.kind, squaredNorm: seen.squares, squaredError, columnPeaks: seen.peaks };
}

/** @returns sum of squares of what was lost */
function writeAs(target: WeightTarget, size: MatrixSize, blocks: Iterable<RowBlock>, file: DataFile): number {
  switch (target.kind) {
    case "plain":
      return writePlain(target, size, blocks, file);
    case "turned":
      return writeTurned(target, size, blocks, file);
    case "int8":
      return writeInt8(target, size, blocks, file);
    case "int4":
      return writeInt4(target, size, blocks, file);
  }
}

/** Passes blocks on, and notes what they hold. */
function* observed(
  blocks: Iterable<RowBlock>,
  seen: { squares: number; readonly peaks: Float32Array | null },
): Generator<RowBlock> {
  for (const block of blocks) {
    const { values } = block;
    for (let i = 0; i < values.length; i++) seen.squares += values[i]! * values[i]!;
    if (seen.peaks !== null) raisePeaks(seen.peaks, values);
    yield block;
  }
}

function raisePeaks(peaks: Float32Array, rows: Float32Array): void {
  for (let i = 0, column = 0; i < rows.length; i++) {
    const magnitude = Math.abs(rows[i]!);
    if (magnitude > peaks[column]!) peaks[column] = magnitude;
    column = column + 1 === peaks.length ? 0 : column + 1;
  }
}
