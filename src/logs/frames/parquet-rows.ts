import { randomUUID } from "node:crypto";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openDatabase } from "../../duckdb/index.js";
import type { Framed } from "../log-record.js";
import { Unreadable } from "../unreadable.js";
import { tooLong } from "./line-frame.js";
import { parseRecord } from "../parse-record.js";

export interface ParquetOptions {
  readonly spillDir: string;
  readonly memoryMib: number;
  readonly maxLineBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Names that are read beside those of the known formats, in lower case. */
  readonly columns: readonly string[];
}

/** What the known formats are made of, in lower case. Other columns (scores, addresses of persons) are not even unpacked. */
const KNOWN_COLUMNS = new Set(
  (
    "messages conversation conversations system instruction instructions input output prompt response completion " +
    "answer chosen rejected preferred_output non_preferred_output choices request proxy_server_request method url " +
    "body params result error type role from speaker content message text value user_input question model_output " +
    "generation id uuid conversation_id conversation_hash conv_id custom_id request_id session_id sessionid " +
    "trace_id traceid call_type turn turn_identifier timestamp created_at createdat created create_time start_time " +
    "starttime time date datetime"
  ).split(" "),
);

/**
 * Rows of a Parquet file as records, in its order. Only columns that a format could want are read; each row passes
 * as JSON, so that it is read as a line would be.
 * @throws Unreadable `broken_table` where the file is not whole; what stands before was handed out
 */
export async function* parquetRows(path: string, options: ParquetOptions): AsyncGenerator<Framed> {
  await using database = await openDatabase({ spillDir: options.spillDir, memoryMib: options.memoryMib });
  await using named = await plainlyNamed(path, options.spillDir);
  const { connection } = database;
  const stop = (): void => connection.interrupt();
  options.signal?.addEventListener("abort", stop, { once: true });
  let row = 0;
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${PARQUET}`, [named.path]);
    const wanted = new Set([...KNOWN_COLUMNS, ...options.columns]);
    const names = described.getRows().map(([name]) => String(name));
    const columns = names.filter((name) => wanted.has(name.toLowerCase()));
    if (columns.length === 0) {
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${PARQUET}`, [named.path]);
      throw new NoKnownColumn(Number(counted.getRows()[0]?.[0] ?? 0));
    }
    const fields = columns.map((name) => `${quoted(name)} := ${quoted(name)}`).join(", ");
    const result = await connection.stream(
      `SELECT to_json(struct_pack(${fields}))::VARCHAR FROM ${PARQUET}`,
      [named.path],
    );
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      options.signal?.throwIfAborted();
      for (const json of chunk.getColumnValues(0))
        yield framed(String(json), (row += 1), options.maxLineBytes);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(
      "broken_table",
      `no whole Parquet file: what stands after row ${String(row)} cannot be read`,
    );
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** A table in which no format could find anything. */
export class NoKnownColumn extends Unreadable {
  constructor(readonly rows: number) {
    super("unknown_shape", "no column has a name that is known here; name its columns in a map");
  }
}

const PARQUET = "read_parquet($1, hive_partitioning = false)";

function framed(json: string, row: number, maxLineBytes: number): Framed {
  const bytes = Buffer.from(json);
  try {
    if (bytes.length > maxLineBytes) throw tooLong(maxLineBytes);
    return { row, value: parseRecord(bytes) };
  } catch (error) {
    if (error instanceof Unreadable) return { row, broken: error };
    throw error;
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** DuckDB takes some characters of a path for a pattern: such a file is read by another name. */
async function plainlyNamed(path: string, spillDir: string): Promise<{ path: string } & AsyncDisposable> {
  if (!/[*?[\]{}]|^\w+:/.test(path))
    return { path: resolve(path), [Symbol.asyncDispose]: () => Promise.resolve() };
  await mkdir(spillDir, { recursive: true });
  const link = join(resolve(spillDir), `link-${randomUUID()}`);
  await symlink(resolve(path), link);
  return { path: link, [Symbol.asyncDispose]: () => rm(link, { force: true }) };
}
