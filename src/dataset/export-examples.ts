import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GuardError } from "../base/index.js";
import { exportRow, type ExportOptions, type Exported, type LeftOut } from "./export-row.js";
import type { LabelledRow } from "./labelled-row.js";

/** What an export came to. */
export interface ExportTally {
  rows: number;
  /** Examples written, by what the guard should answer. */
  safe: number;
  unsafe: number;
  /** Of these, how many before a varied policy. */
  varied: number;
  readonly leftOut: Record<LeftOut, number>;
}

/**
 * Writes the training examples of all rows as JSONL, one at a time. The file has another name until it is whole: an
 * export that was interrupted leaves nothing to train on.
 * @throws GuardError `invalid_config` when the file cannot be written, and whatever reading the rows throws
 */
export async function exportExamples(
  rows: AsyncIterable<LabelledRow>,
  path: string,
  options: ExportOptions,
): Promise<ExportTally> {
  const tally: ExportTally = {
    ...{ rows: 0, safe: 0, unsafe: 0, varied: 0 },
    leftOut: { unknown_categories: 0, foreign_code: 0, control_text: 0, too_long: 0 },
  };
  // A name that nobody can know beforehand, and a new file: a link that lay there would lead to another one.
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.unfinished`);
  try {
    const file = createWriteStream(unfinished, { flags: "wx" });
    await pipeline(Readable.from(linesOf(rows, options, tally)), file);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause; // not of this file
    throw new GuardError("invalid_config", `${path} cannot be written; choose another place`, { cause });
  }
  return tally;
}

async function* linesOf(
  rows: AsyncIterable<LabelledRow>,
  options: ExportOptions,
  tally: ExportTally,
): AsyncGenerator<string> {
  for await (const row of rows) {
    tally.rows += 1;
    for (const exported of exportRow(row, options)) {
      count(tally, exported);
      if ("example" in exported) yield `${JSON.stringify(exported.example)}\n`;
    }
  }
}

function count(tally: ExportTally, exported: Exported): void {
  if ("leftOut" in exported) {
    tally.leftOut[exported.leftOut] += 1;
    return;
  }
  tally[exported.label] += 1;
  if (exported.varied) tally.varied += 1;
}
