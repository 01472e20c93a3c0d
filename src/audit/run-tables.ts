import { openDatabase, quoteText, type Database } from "../duckdb/index.js";
import type { LogFault } from "../logs/index.js";
import { putInPlace } from "./durable.js";
import { appendRow, DAY_AS_DATE, rowOf, VERDICT_TABLE } from "./verdict-table.js";
import type { VerdictRow } from "./verdict-row.js";

export interface FaultCounts {
  /** All, remarks included. */
  readonly faults: number;
  /** Records of the logs that were not read. */
  readonly unreadRecords: number;
  /** Whole inputs, or what was left of them. */
  readonly unreadInputs: number;
}

/** Files of tables that a run is made of. Every file appears whole or not at all. */
export interface RunTables extends AsyncDisposable {
  /** @param path absolute */
  writeVerdicts(path: string, rows: readonly VerdictRow[]): Promise<void>;
  writeFaults(path: string, faults: readonly LogFault[]): Promise<void>;
  /** Makes one file of several; none gives an empty one. */
  joinFaults(path: string, parts: readonly string[]): Promise<void>;
  /** Rows of a file in order, some thousands at a time. */
  readVerdicts(path: string): AsyncGenerator<readonly VerdictRow[]>;
  countFaults(path: string): Promise<FaultCounts>;
  /** Of rows with a question, those whose question an earlier one asks as well. */
  duplicates(paths: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

const FAULT_TABLE = "source VARCHAR, row BIGINT, code VARCHAR, message VARCHAR, records BIGINT";
const PARQUET = "(FORMAT parquet, COMPRESSION zstd)";
/** Parts are small; the rest is the engine's. */
const MEMORY_MIB = 256;

/** @param spillDir for what does not fit into memory; made when it is needed */
export async function openRunTables({ spillDir }: { readonly spillDir: string }): Promise<RunTables> {
  const database = await openDatabase({ memoryMib: MEMORY_MIB, spillDir });
  const write = createWriter(database);
  const writeFaults = (path: string, faults: readonly LogFault[]): Promise<void> =>
    write(path, FAULT_TABLE, "*", (appender) => {
      for (const { source, row, code, message, records } of faults) {
        appender.appendVarchar(source);
        if (row === null) appender.appendNull();
        else appender.appendBigInt(BigInt(row));
        appender.appendVarchar(code);
        appender.appendVarchar(message);
        appender.appendBigInt(BigInt(records));
        appender.endRow();
      }
    });
  return {
    writeVerdicts: (path, rows) =>
      write(path, VERDICT_TABLE, DAY_AS_DATE, (appender) => {
        for (const row of rows) appendRow(appender, row);
      }),

    writeFaults,

    async joinFaults(path, parts) {
      if (parts.length === 0) return writeFaults(path, []);
      await putInPlace(path, async (unfinished) => {
        await database.connection.run(
          `COPY (SELECT * FROM read_parquet(${quoteTexts(parts)})) TO ${quoteText(unfinished)} ${PARQUET}`,
        );
      });
    },

    async *readVerdicts(path) {
      const result = await database.connection.stream(`SELECT * FROM read_parquet(${quoteText(path)})`);
      for await (const rows of result.yieldRowObjectJson()) yield rows.map(rowOf);
    },

    countFaults: async (path) => {
      const from = `FROM read_parquet(${quoteText(path)})`;
      return {
        faults: await numberFrom(database, `SELECT count(*) ${from}`),
        unreadRecords: await numberFrom(database, `SELECT coalesce(sum(records), 0) ${from}`),
        // Whoever names a folder has not asked for what is no log in it.
        unreadInputs: await numberFrom(
          database,
          `SELECT count(*) ${from} WHERE row IS NULL AND code <> 'skipped_file'`,
        ),
      };
    },

    duplicates: async (paths) =>
      paths.length === 0
        ? 0
        : numberFrom(
            database,
            // 16 bytes a question instead of 128: of a million rows all stay in memory.
            `SELECT count(*) - count(DISTINCT md5_number(policy_sha256 || context_sha256))
             FROM read_parquet(${quoteTexts(paths)}) WHERE status <> 'not_judged'`,
          ),

    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
  };
}

type Append = (appender: Awaited<ReturnType<Database["connection"]["createAppender"]>>) => void;

/** One file after the other, as the database has one connection. */
function createWriter({ connection }: Database) {
  return async (path: string, columns: string, selection: string, append: Append): Promise<void> => {
    await connection.run(`CREATE OR REPLACE TEMP TABLE part (${columns})`);
    const appender = await connection.createAppender("part");
    try {
      append(appender);
    } finally {
      appender.closeSync();
    }
    await putInPlace(path, async (unfinished) => {
      await connection.run(`COPY (SELECT ${selection} FROM part) TO ${quoteText(unfinished)} ${PARQUET}`);
    });
    await connection.run("DROP TABLE part");
  };
}

const quoteTexts = (texts: readonly string[]): string => `[${texts.map(quoteText).join(", ")}]`;

async function numberFrom({ connection }: Database, sql: string): Promise<number> {
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  return Number(row?.[0]);
}
