import type { Database } from "../../duckdb/index.js";
import type { ReportedRun } from "./reported-run.js";
import { numberIn, queryRun, rowsIn, textIn, type RunQuery } from "./run-query.js";
import type { FaultSummary, RunSummary } from "./run-summary.js";
import { summarizePolicy } from "./summarize-policy.js";

/** Examples of each kind of fault. */
const FIRST = 3;

/**
 * Adds up a finished run. DuckDB goes through its files a query at a time and keeps to the memory the database was
 * opened with, so a run of millions of turns takes no more than one of thousands.
 *
 * @param dir the run's folder
 * @throws GuardError as `readReportedRun` does not, but whatever the database throws for a damaged file
 */
export async function summarizeRun(dir: string, run: ReportedRun, database: Database): Promise<RunSummary> {
  const query = await queryRun(dir, run, database);
  const policies = [];
  for (const policy of run.policies) policies.push(await summarizePolicy(query, policy));
  return { run, policies, faults: await summarizeFaults(query) };
}

async function summarizeFaults(query: RunQuery): Promise<FaultSummary[]> {
  const rows = await query(`
    SELECT code, count(*) AS count,
      min({'source': source, 'row': "row", 'message': message}, ${String(FIRST)}) AS first
    FROM faults GROUP BY code ORDER BY count DESC, code`);
  return rows.map((row) => ({
    code: textIn(row, "code"),
    count: numberIn(row, "count"),
    first: rowsIn(row, "first").map((one) => ({
      source: textIn(one, "source"),
      row: one["row"] === null ? null : numberIn(one, "row"),
      message: textIn(one, "message"),
    })),
  }));
}
