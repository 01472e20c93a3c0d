import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GuardError } from "../../base/index.js";
import { openDatabase } from "../../duckdb/index.js";
import { putInPlace } from "../durable.js";
import { renderReport } from "./render-report.js";
import { REPORT_FILE } from "./report-file.js";
import { readReportedRun } from "./reported-run.js";
import { summarizeRun } from "./summarize-run.js";

/** For sums over a run; what does not fit goes to the disk. */
const MEMORY_MIB = 512;

/**
 * Makes `report.html` of a finished run's folder, in place of one that is there: the file appears whole or not at all.
 *
 * @returns path of the report
 * @throws GuardError `invalid_config` where the folder holds no finished run or its files cannot be read
 */
export async function writeReport(dir: string): Promise<string> {
  const run = await readReportedRun(dir);
  const spillDir = await mkdtemp(join(tmpdir(), "portcullis-report-"));
  try {
    await using database = await openDatabase({ memoryMib: MEMORY_MIB, spillDir });
    const summary = await summarizeRun(dir, run, database).catch((cause: unknown) => {
      throw new GuardError("invalid_config", `the files of verdicts in ${dir} cannot be read`, { cause });
    });
    const path = join(dir, REPORT_FILE);
    await putInPlace(path, (unfinished) => writeFile(unfinished, renderReport(summary)));
    return path;
  } finally {
    await rm(spillDir, { recursive: true, force: true });
  }
}
