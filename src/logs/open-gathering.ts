import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBAppender } from "@duckdb/node-api";
import { openDatabase } from "../duckdb/index.js";
import { createAssembly, type Assembly } from "./assemble.js";
import type { KeyClaims } from "./claim-keys.js";
import { faultOf, finishDrafts, type Place } from "./finish-conversation.js";
import type { Piece } from "./formats/reading.js";
import type { LogEntry, LogFormat } from "./log-entry.js";
import { Unreadable } from "./unreadable.js";

/** A piece of a conversation and where it stands. */
export interface Gathered {
  readonly piece: Piece;
  readonly format: LogFormat;
  readonly place: Place;
}

/** Pieces of conversations, kept until all inputs are read. */
export interface Gathering extends AsyncDisposable {
  add(pieces: readonly Gathered[]): Promise<void>;
  /** The conversations, in the order in which their first pieces were added. */
  entries(claims: KeyClaims, signal?: AbortSignal): AsyncGenerator<LogEntry>;
  close(): Promise<void>;
}

const IN_ORDER = `
  SELECT p.conversation, p.start, p.bytes
  FROM pieces p JOIN (SELECT conversation, min(seq) AS first FROM pieces GROUP BY conversation) c
    ON p.conversation = c.conversation
  ORDER BY c.first, p.place NULLS FIRST, p.seq`;

/**
 * The pieces go to a file in the spill folder, and DuckDB sorts what says where they stand: some 60 bytes each, so
 * that a million of them fit into memory and more are spilled. With the texts in its table it ran out of memory at
 * 200 MiB of them under a limit of 64, in place of spilling.
 */
export async function openGathering(spillDir: string, memoryMib: number): Promise<Gathering> {
  await mkdir(spillDir, { recursive: true });
  const path = join(spillDir, `pieces-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  const database = await openDatabase({ spillDir, memoryMib });
  const { connection } = database;
  await connection.run(
    "CREATE TABLE pieces (seq BIGINT, conversation VARCHAR, place DOUBLE, start BIGINT, bytes INTEGER)",
  );
  const appender: DuckDBAppender = await connection.createAppender("pieces");
  let seq = 0;
  let end = 0;
  let isAdding = true;

  const note = ({ piece, format }: Gathered, bytes: number): void => {
    appender.appendBigInt(BigInt(seq++));
    appender.appendVarchar(conversationOf(format, piece.group));
    if (piece.order === null) appender.appendNull();
    else appender.appendDouble(piece.order);
    appender.appendBigInt(BigInt(end));
    appender.appendInteger(bytes);
    appender.endRow();
    end += bytes;
  };
  const readBack = async (start: number, bytes: number): Promise<Gathered> => {
    const buffer = Buffer.allocUnsafe(bytes);
    await file.read(buffer, 0, bytes, start);
    return JSON.parse(buffer.toString()) as Gathered;
  };
  const endAdding = (): void => {
    if (isAdding) appender.closeSync();
    isAdding = false;
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      endAdding();
      await database.close();
      await file.close();
      await rm(path, { force: true });
    })());

  return {
    async add(pieces) {
      const start = end;
      const texts = pieces.map((one) => Buffer.from(JSON.stringify(one)));
      pieces.forEach((one, at) => note(one, texts[at]!.length));
      appender.flushSync();
      const all = Buffer.concat(texts);
      for (let done = 0; done < all.length;)
        done += (await file.write(all, done, all.length - done, start + done)).bytesWritten;
    },
    async *entries(claims, signal) {
      endAdding();
      const result = await connection.stream(IN_ORDER);
      let group = null as Group | null;
      for (
        let chunk = await result.fetchChunk();
        chunk && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        for (const [conversation, start, bytes] of chunk.getRows() as [string, bigint, number][]) {
          signal?.throwIfAborted();
          const gathered = await readBack(Number(start), bytes);
          if (group?.conversation !== conversation) {
            if (group !== null) yield* finish(group, claims);
            group = { ...gathered, conversation, assembly: createAssembly(gathered.piece.group), records: 0 };
          }
          group.assembly.add(gathered.piece);
          group.records += 1;
        }
      }
      if (group !== null) yield* finish(group, claims);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A name of fixed length for what may be a text of any; 132 bits, which never meet. */
const conversationOf = (format: LogFormat, group: string): string =>
  createHash("sha256").update(`${format}\n${group}`).digest("base64").slice(0, 22);

interface Group {
  readonly conversation: string;
  readonly format: LogFormat;
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
