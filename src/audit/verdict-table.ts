import {
  DOUBLE,
  LIST,
  MAP,
  VARCHAR,
  mapValue,
  listValue,
  type DuckDBAppender,
  type Json,
} from "@duckdb/node-api";
import type { VerdictRow } from "./verdict-row.js";

type Cell = VerdictRow[keyof VerdictRow];

/** How one field of a row is a column of the table. */
interface Column {
  /** As SQL names it. */
  readonly name: string;
  readonly type: string;
  /** For a value that is not null. */
  append(appender: DuckDBAppender, value: never): void;
  /** From the JSON that the database gives; null stays null. */
  read(json: Json): Cell;
}

const column = <T extends Cell & {}>(
  name: string,
  type: string,
  append: (appender: DuckDBAppender, value: T) => void,
  read: (json: Json) => Cell = (json) => json as Cell,
): Column => ({ name, type, append, read });

const text = (name: string): Column =>
  column<string>(name, "VARCHAR", (appender, value) => appender.appendVarchar(value));
const texts = (name: string): Column =>
  column<readonly string[]>(name, "VARCHAR[]", (appender, value) =>
    appender.appendList(listValue([...value]), LIST(VARCHAR)),
  );
const numbers = (name: string): Column =>
  column<Readonly<Record<string, number>>>(
    name,
    "MAP(VARCHAR, DOUBLE)",
    (appender, value) =>
      appender.appendMap(
        mapValue(Object.entries(value).map(([key, one]) => ({ key, value: one }))),
        MAP(VARCHAR, DOUBLE),
      ),
    (json) =>
      Object.fromEntries((json as { key: string; value: number }[]).map(({ key, value }) => [key, value])),
  );

/** Columns of `verdicts/`, in order. A reader may rely on names and types; new ones may come at the end. */
export const VERDICT_COLUMNS: Readonly<Record<keyof VerdictRow, Column>> = Object.freeze({
  conversation: text("conversation"),
  source: text("source"),
  row: column<number>(
    "row",
    "BIGINT",
    (appender, value) => appender.appendBigInt(BigInt(value)),
    (json) => Number(json),
  ),
  turn: column<number>("turn", "INTEGER", (appender, value) => appender.appendInteger(value)),
  role: text("role"),
  day: text("day"),
  policy: text("policy"),
  policySha256: text("policy_sha256"),
  model: text("model"),
  modelSha256: text("model_sha256"),
  status: text("status"),
  verdict: text("verdict"),
  action: text("action"),
  score: column<number>("score", "DOUBLE", (appender, value) => appender.appendDouble(value)),
  violated: texts("violated"),
  scores: numbers("scores"),
  flags: texts("flags"),
  error: text("error"),
  contentSha256: text("content_sha256"),
  text: text("text"),
  contextSha256: text("context_sha256"),
  namedAt: numbers("named_at"),
});

const FIELDS = Object.keys(VERDICT_COLUMNS) as readonly (keyof VerdictRow)[];

/** Definition of the columns for `CREATE TABLE`. Days are text here and dates in files: see `DAY_AS_DATE`. */
export const VERDICT_TABLE = FIELDS.map((field) => {
  const { name, type } = VERDICT_COLUMNS[field];
  return `"${name}" ${type}`;
}).join(", ");

/** Turns days into dates when a table is written, and leaves out those that the calendar does not have. */
export const DAY_AS_DATE = `* REPLACE (TRY_CAST("day" AS DATE) AS "day")`;

export function appendRow(appender: DuckDBAppender, row: VerdictRow): void {
  for (const field of FIELDS) {
    const value = row[field];
    if (value === null) appender.appendNull();
    else VERDICT_COLUMNS[field].append(appender, value as never);
  }
  appender.endRow();
}

/** @param json a row of a file of verdicts, as the database gives it */
export const rowOf = (json: Readonly<Record<string, Json>>): VerdictRow =>
  Object.fromEntries(
    FIELDS.map((field) => {
      const { name, read } = VERDICT_COLUMNS[field];
      const value = json[name] ?? null;
      return [field, value === null ? null : read(value)];
    }),
  ) as unknown as VerdictRow;
