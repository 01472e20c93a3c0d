import { join } from "node:path";
import type { Json } from "@duckdb/node-api";
import { quoteText, type Database } from "../../duckdb/index.js";
import type { ReportedRun } from "./reported-run.js";

/** A row as the database gives it; counts and sums may be text there, as they may be larger than a number. */
export type Row = Readonly<Record<string, Json>>;

/** Asks a run's files; `verdicts` and `faults` are names of tables in `sql`. */
export type RunQuery = (sql: string, values?: Readonly<Record<string, string>>) => Promise<readonly Row[]>;

/** Asks about one policy's rows, which are those `WHERE policy = $policy`. */
export type PolicyQuery = (sql: string) => Promise<readonly Row[]>;

/** Columns of an empty table where the run has no file. */
const NO_VERDICTS = `SELECT NULL::VARCHAR AS conversation, NULL::VARCHAR AS source, NULL::BIGINT AS "row",
  NULL::INTEGER AS turn, NULL::VARCHAR AS role, NULL::DATE AS day, NULL::VARCHAR AS policy, NULL::VARCHAR AS status,
  NULL::VARCHAR AS verdict, NULL::VARCHAR AS action, NULL::DOUBLE AS score, NULL::VARCHAR[] AS violated,
  NULL::VARCHAR[] AS flags, NULL::VARCHAR AS error, NULL::VARCHAR AS text WHERE false`;
const NO_FAULTS = `SELECT NULL::VARCHAR AS source, NULL::BIGINT AS "row", NULL::VARCHAR AS code,
  NULL::VARCHAR AS message WHERE false`;

/**
 * Opens a run's files to queries. Nothing is read into memory here or kept between queries: each goes through the
 * columns it names.
 */
export async function queryRun(dir: string, run: ReportedRun, { connection }: Database): Promise<RunQuery> {
  const paths = run.files.map(({ path }) => path);
  const view = async (name: string, files: readonly string[], empty: string): Promise<void> => {
    const list = files.map((path) => quoteText(join(dir, path))).join(", ");
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${name} AS ${files.length === 0 ? empty : `SELECT * FROM read_parquet([${list}])`}`,
    );
  };
  await view(
    "verdicts",
    paths.filter((path) => path.startsWith("verdicts/")),
    NO_VERDICTS,
  );
  await view(
    "faults",
    paths.filter((path) => path.startsWith("faults")),
    NO_FAULTS,
  );
  return async (sql, values) => (await connection.runAndReadAll(sql, { ...values })).getRowObjectsJson();
}

/** A count or a score; null counts as 0. */
export const numberIn = (row: Row, name: string): number => Number(row[name] ?? 0);

export const textIn = (row: Row, name: string): string => {
  const value = row[name];
  return typeof value === "string" ? value : "";
};

export const rowsIn = (row: Row, name: string): readonly Row[] => (row[name] ?? []) as readonly Row[];
