import type { DuckDBAppender } from "@duckdb/node-api";
import { openDatabase, type Database } from "../duckdb/index.js";
import { createAssembly, type Assembly } from "./assemble.js";
import type { KeyClaims } from "./claim-keys.js";
import { faultOf, finishDrafts, type Place } from "./finish-conversation.js";
import type { Piece } from "./formats/reading.js";
import type { LogEntry, LogFormat } from "./log-entry.js";
import { Unreadable } from "./unreadable.js";

/** Pieces of conversations, kept until all inputs are read; what exceeds the memory goes to the spill folder. */
export interface Gathering extends AsyncDisposable {
  add(piece: Piece, format: LogFormat, place: Place): void;
  /** The conversations, in the order in which their first pieces were added. */
  entries(claims: KeyClaims, signal?: AbortSignal): AsyncGenerator<LogEntry>;
  close(): Promise<void>;
}

/** Rows between two hand-overs to the database. */
const FLUSH_ROWS = 2048;

const IN_ORDER = `
  SELECT p.format, p.key, p.source, p.row, p.part, p.piece
  FROM pieces p
  JOIN (SELECT format, key, min(seq) AS first FROM pieces GROUP BY ALL) g ON p.format = g.format AND p.key = g.key
  ORDER BY g.first, p.place NULLS FIRST, p.seq`;

export async function openGathering(spillDir: string, memoryMib: number): Promise<Gathering> {
  const database: Database = await openDatabase({ spillDir, memoryMib });
  const { connection } = database;
  await connection.run(`CREATE TABLE pieces (
    seq BIGINT, format VARCHAR, key VARCHAR, place DOUBLE, source VARCHAR, row BIGINT, part BIGINT, piece VARCHAR)`);
  const appender: DuckDBAppender = await connection.createAppender("pieces");
  let seq = 0;
  let isEnded = false;
  const close = (): Promise<void> => {
    if (!isEnded) appender.closeSync();
    isEnded = true;
    return database.close();
  };
  return {
    add(piece, format, { source, row, part }) {
      appender.appendBigInt(BigInt(seq++));
      appender.appendVarchar(format);
      appender.appendVarchar(JSON.stringify(piece.group)); // escapes what no database column holds, such as NUL
      if (piece.order === null) appender.appendNull();
      else appender.appendDouble(piece.order);
      appender.appendVarchar(source);
      appender.appendBigInt(BigInt(row));
      appender.appendBigInt(BigInt(part));
      appender.appendVarchar(JSON.stringify(piece));
      appender.endRow();
      if (seq % FLUSH_ROWS === 0) appender.flushSync();
    },
    async *entries(claims, signal) {
      appender.closeSync();
      isEnded = true;
      const result = await connection.stream(IN_ORDER);
      let group = null as Group | null;
      for (
        let chunk = await result.fetchChunk();
        chunk && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        for (const [format, key, source, row, part, json] of chunk.getRows() as Row[]) {
          signal?.throwIfAborted();
          const piece = JSON.parse(json) as Piece;
          if (group?.format !== format || group.key !== key) {
            if (group !== null) yield* finish(group, claims);
            const place = { source, row: Number(row), part: Number(part) };
            group = { format, key, place, assembly: createAssembly(piece.group), records: 0 };
          }
          group.assembly.add(piece);
          group.records += 1;
        }
      }
      if (group !== null) yield* finish(group, claims);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Row = [format: LogFormat, key: string, source: string, row: bigint, part: bigint, piece: string];

interface Group {
  readonly format: LogFormat;
  readonly key: string;
  /** Of the piece that comes first in the conversation. */
  readonly place: Place;
  readonly assembly: Assembly;
  records: number;
}

function finish({ format, place, assembly, records }: Group, claims: KeyClaims): LogEntry[] {
  try {
    const { drafts, remark } = assembly.finish();
    const entries = finishDrafts(drafts, { place, format, records }, claims);
    return remark === null ? entries : [...entries, faultOf(remark, place, 0)];
  } catch (error) {
    if (error instanceof Unreadable) return [faultOf(error, place, records)];
    throw error;
  }
}
