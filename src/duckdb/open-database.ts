import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

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
  /** Idempotent; a query that runs is interrupted. */
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
  const connection = await instance.connect();
  let closed = false;
  const close = (): Promise<void> => {
    if (!closed) {
      closed = true;
      connection.interrupt();
      connection.closeSync();
      instance.closeSync();
    }
    return Promise.resolve();
  };
  return { connection, close, [Symbol.asyncDispose]: close };
}
