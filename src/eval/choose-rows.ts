import { GuardError } from "../base/index.js";
import { readLabelledRows, sampleRows, type LabelledRow } from "../dataset/index.js";

export interface ChooseRowsOptions {
  /** Judge no more than as many, drawn at random; null for all. */
  readonly limit: number | null;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** All rows are held at once, texts included; a million of them are some 2 GB, and weeks of an 8B's work. */
const MAX_ROWS = 1_000_000;

/** @throws GuardError `invalid_config` for files that hold no rows or too many, and what reading them throws */
export async function chooseRows(
  files: readonly string[],
  { limit, seed, signal }: ChooseRowsOptions,
): Promise<{ readonly rows: readonly LabelledRow[]; readonly total: number }> {
  const rows: LabelledRow[] = [];
  for await (const row of readLabelledRows(files, { signal })) {
    if (rows.push(row) > MAX_ROWS)
      throw new GuardError(
        "invalid_config",
        `more than ${String(MAX_ROWS)} rows; evaluate on a part of them`,
      );
  }
  if (rows.length === 0) throw new GuardError("invalid_config", "there is no row in these files");
  return { rows: limit === null ? rows : sampleRows(rows, limit, seed), total: rows.length };
}
