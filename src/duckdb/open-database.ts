import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { awaitCalls } from "./await-calls.js";

export interface DatabaseOptions {
  /** MiB that tables, sorts and joins may take; what exceeds it goes to `spillDir`. */
  readonly memoryMib?: number;
  readonly threads?: number;
  /** Folder for what does not fit into memory; made when it is needed. Null: a query that does not fit fails. */
  readonly spillDir?: string | null;
}

export const DATABASE_DEFAULTS = Object.freeze({
  memoryMib: 512, // beside an engine that wants the rest
  threads: 1, // the engine computes on every core already
  spillDir: null,
});

/** A database in memory, for reading and writing files of tables. */
export interface Database extends AsyncDisposable {
  readonly connection: DuckDBConnection;
  /** Idempotent. What runs on the connection is interrupted, and waited for: it fails before this resolves. */
  close(): Promise<void>;
}

/**
 * Opens DuckDB closed in on itself: it fetches no extension and loads none but those built in (JSON and Parquet
 * are), and no statement can loosen that again, so a query over hostile files cannot reach the network.
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const { memoryMib, threads, spillDir } = { ...DATABASE_DEFAULTS, ...options };
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${String(memoryMib)}MiB`,
    threads: String(threads),
    temp_directory: spillDir ?? "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    lock_configuration: "true",
  });
  const native = await instance.connect();
  const { object: connection, settled } = awaitCalls(native);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      // A connection closed under a query takes the whole process along. Results that are read piece by piece are
      // no calls of the connection, but a query has to wait until it has the connection for itself.
      connection.run("SELECT 1").catch(() => undefined);
      await settled(() => {
        native.interrupt();
      });
      native.closeSync();
      instance.closeSync();
    })());
  return { connection, close, [Symbol.asyncDispose]: close };
}
