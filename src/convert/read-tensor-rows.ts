import { GuardError } from "../base/index.js";
import type { LoraDelta } from "./adapter/adapter.js";
import type { Checkpoint } from "./checkpoint.js";
import { decoderWeights } from "./decoder-weights.js";
import { readRows } from "./weights/read-rows.js";

/**
 * Some rows of a tensor, `[rows.length, columns]` float32; a vector has one row. Blocks the thread.
 * @throws GuardError `bad_model_file`
 */
export function readTensorRows(
  checkpoint: Pick<Checkpoint, "geometry" | "tensors">,
  name: string,
  rows: readonly number[],
  deltas?: ReadonlyMap<string, LoraDelta>,
): Float32Array {
  if (!checkpoint.tensors.has(name))
    throw new GuardError("bad_model_file", `the checkpoint has no tensor ${name}`);
  const source = decoderWeights(checkpoint, deltas).tensor(name);
  const picked = new Float32Array(rows.length * source.columns);
  for (const { from, values } of readRows({ ...source, pickedRows: rows }))
    picked.set(values, from * source.columns);
  return picked;
}
