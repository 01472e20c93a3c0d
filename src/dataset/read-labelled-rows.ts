import { GuardError } from "../base/index.js";
import { parseLabelledRow, type LabelledRow } from "./labelled-row.js";
import { readLines } from "./read-lines.js";

export interface ReadRowsOptions {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Rows of JSONL files, plain or `.gz`, one file after the other. Empty lines are passed over; a row that is wrong
 * ends the reading, as a data set that lost rows silently gives figures that nobody can trust.
 * @throws GuardError `invalid_config` naming file, line and field, never the text of a row
 */
export async function* readLabelledRows(
  paths: readonly string[],
  { signal }: ReadRowsOptions = {},
): AsyncGenerator<LabelledRow> {
  for (const path of paths)
    for await (const { text, number } of readLines(path, signal)) {
      const row = parseLabelledRow(text);
      if ("fault" in row)
        throw new GuardError("invalid_config", `${path}, line ${String(number)}: ${row.fault}`);
      yield row;
    }
}
