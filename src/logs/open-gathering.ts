import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBAppender, DuckDBDataChunk } from "@duckdb/node-api";
import { GuardError } from "../base/index.js";
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

/**
 * Pieces of conversations, kept until all inputs are read. What cannot be kept is the fault of no log: then every
 * call throws GuardError `invalid_config`, for there is room to be made.
 */
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
  const room = { spillDir, memoryMib };
  return guarded(room, () => openStore(room));
}

interface Room {
  readonly spillDir: string;
  readonly memoryMib: number;
}

async function openStore(room: Room): Promise<Gathering> {
  const { spillDir, memoryMib } = room;
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
    if (!isAdding) return;
    isAdding = false;
    appender.closeSync();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      try {
        endAdding();
      } catch {
        // What it could not take was thrown when it was added.
      }
      await database.close();
      await file.close();
      await rm(path, { force: true });
    })());

  const store = async (pieces: readonly Gathered[]): Promise<void> => {
    const start = end;
    const texts = pieces.map((one) => Buffer.from(JSON.stringify(one)));
    pieces.forEach((one, at) => note(one, texts[at]!.length));
    appender.flushSync();
    const all = Buffer.concat(texts);
    for (let done = 0; done < all.length;)
      done += (await file.write(all, done, all.length - done, start + done)).bytesWritten;
  };

  return {
    add: (pieces) => guarded(room, () => store(pieces)),
    async *entries(claims, signal) {
      const result = await guarded(room, () => {
        endAdding();
        return connection.stream(IN_ORDER);
      });
      const nextChunk = (): Promise<DuckDBDataChunk | null> => guarded(room, () => result.fetchChunk());
      let group = null as Group | null;
      for (let chunk = await nextChunk(); chunk && chunk.rowCount > 0; chunk = await nextChunk()) {
        for (const [conversation, start, bytes] of chunk.getRows() as [string, bigint, number][]) {
          signal?.throwIfAborted();
          const gathered = await guarded(room, () => readBack(Number(start), bytes));
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

/** @throws GuardError `invalid_config` for whatever fails */
async function guarded<T>({ spillDir, memoryMib }: Room, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new GuardError(
      "invalid_config",
      `what is gathered from several records cannot be kept: make room on the disk of ${spillDir}, or allow more ` +
        `than ${String(memoryMib)} MiB of memory`,
      { cause },
    );
  }
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
