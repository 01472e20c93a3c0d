import { openDatabase, quoteText } from "../duckdb/index.js";
import { inRun } from "./run-folder.js";
import { requireRun, verdictFiles } from "./run-manifest.js";

/**
 * The verdicts of a finished run as JSON texts without line breaks, one per row, in the order of the logs. Reads a
 * few thousand rows at a time.
 * @throws GuardError `invalid_config` where there is no finished run
 */
export async function* exportVerdicts(dir: string, signal?: AbortSignal): AsyncGenerator<string> {
  const files = verdictFiles(await requireRun(dir));
  await using database = await openDatabase();
  for (const path of files) {
    const file = quoteText(inRun(dir, path));
    const rows = await database.connection.stream(
      `SELECT CAST(to_json(one) AS VARCHAR) FROM read_parquet(${file}) AS one`,
    );
    for await (const chunk of rows.yieldRows()) {
      signal?.throwIfAborted();
      for (const [json] of chunk) yield String(json);
    }
  }
}
