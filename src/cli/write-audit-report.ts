import { existsSync } from "node:fs";
import { join } from "node:path";
import { errorFields } from "./error-fields.js";
import type { Log } from "./log.js";

/**
 * The report of a finished run. A run is finished without one, too: what keeps it from being written is logged.
 * @param asBefore leaves a report alone that is there
 * @returns its path, or null
 */
export async function writeAuditReport(dir: string, asBefore: boolean, log: Log): Promise<string | null> {
  const { REPORT_FILE, writeReport } = await import("../audit/index.js");
  const path = join(dir, REPORT_FILE);
  if (asBefore && existsSync(path)) return path;
  try {
    return await writeReport(dir);
  } catch (error) {
    log("warn", "report not written; `portcullis report` makes it", errorFields(error));
    return null;
  }
}
