import { GuardError } from "../base/index.js";
import { faultOf, finishDrafts, inputFault, type Place } from "./finish-conversation.js";
import type { KeyClaims } from "./claim-keys.js";
import { readRecord, recordsIn } from "./formats/read-record.js";
import type { FormatReader, Piece } from "./formats/reading.js";
import { chooseFrame, isEnoughToChoose } from "./frames/choose-frame.js";
import { NoKnownColumn, parquetRows } from "./frames/parquet-rows.js";
import type { LogEntry, LogFormat } from "./log-entry.js";
import { LOG_DEFAULTS, type LogOptions } from "./log-options.js";
import type { Framed } from "./log-record.js";
import { storeFault } from "./sources/find-objects.js";
import { systemFault, type FoundLog } from "./sources/found-log.js";
import { lookAhead } from "./sources/look-ahead.js";
import { openLog, type OpenLog } from "./sources/open-log.js";
import { StoreRefusal } from "./sources/s3-store.js";
import { MAGIC_BYTES, packingOf, unpack } from "./sources/unpack.js";
import { Unreadable } from "./unreadable.js";

export interface ReadContext {
  readonly options: LogOptions;
  readonly readers: readonly FormatReader[];
  readonly claims: KeyClaims;
  /** Keeps a part of a conversation until all inputs are read; kept for good once `settle` is done. */
  gather(piece: Piece, format: LogFormat, place: Place): void;
  settle(): Promise<void>;
}

/** Entries of one log: conversations that a record holds whole, and faults. Its pieces of others are gathered. */
export async function* readLog(found: FoundLog, context: ReadContext): AsyncGenerator<LogEntry> {
  const { signal } = context.options;
  try {
    await using log = await openLog(found, context.options);
    for await (const some of framesOf(found.source, log, context.options)) {
      signal?.throwIfAborted();
      for (const framed of some) yield* entriesOf(framed, found.source, context);
      await context.settle();
    }
    if (await log.hasChanged())
      yield inputFault(
        found.source,
        new Unreadable("changed_file", "was changed while it was read; read it again"),
      );
  } catch (error) {
    signal?.throwIfAborted();
    yield faultOfInput(found.source, error);
  }
}

/** Records as they come, those of one piece of the log together. */
async function* framesOf(
  source: string,
  log: OpenLog,
  options: LogOptions,
): AsyncGenerator<Iterable<Framed>> {
  const {
    maxLineBytes = LOG_DEFAULTS.maxLineBytes,
    memoryMib = LOG_DEFAULTS.memoryMib,
    spillDir,
    signal,
  } = options;
  const { head: magic, all } = await lookAhead(log.bytes, (head) => head.length >= MAGIC_BYTES);
  const packing = packingOf(magic);
  if (packing === "parquet") {
    const columns = Object.values(options.map ?? {}).flatMap((name) => [name, name.split(".")[0]!]);
    const path = await log.asFile(all);
    for await (const row of parquetRows(path, {
      ...{ spillDir, memoryMib, maxLineBytes, signal, columns: columns.map((name) => name.toLowerCase()) },
    }))
      yield [row];
    return;
  }
  const unpacked = await lookAhead(unpack(all, packing), isEnoughToChoose);
  const frame = chooseFrame(source, unpacked.head, maxLineBytes);
  let isFirst = true;
  for await (const bytes of unpacked.all) {
    yield frame.push(isFirst ? withoutMark(bytes) : bytes);
    isFirst = false;
  }
  yield frame.end();
}

/** A byte order mark before the first record. */
const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** Synchronous: an await for each record would cost as much as its JSON. */
function* entriesOf(framed: Framed, source: string, context: ReadContext): Generator<LogEntry> {
  const { row } = framed;
  if ("broken" in framed) {
    yield faultOf(framed.broken, { source, row, part: 0 }, 1);
    return;
  }
  const values = recordsIn(framed.value);
  for (const [at, value] of values.entries()) {
    const place = { source, row, part: values.length === 1 ? 0 : at + 1 };
    try {
      const { format, reading } = readRecord(value, context.readers);
      if ("piece" in reading) context.gather(reading.piece, format, place);
      else yield* finishDrafts(reading.drafts, { place, format, records: 1 }, context.claims);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield faultOf(error, place, 1);
    }
  }
}

function faultOfInput(source: string, error: unknown): LogEntry {
  if (error instanceof GuardError) throw error;
  if (error instanceof NoKnownColumn) return inputFault(source, error, error.rows);
  if (error instanceof Unreadable) return inputFault(source, error);
  if (error instanceof StoreRefusal) return storeFault(source, error);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code?.startsWith("Z_") === true)
    return inputFault(
      source,
      new Unreadable("decompression_failed", "no whole gzip file; what could be unpacked was read"),
    );
  if (syscall !== undefined || code?.startsWith("ERR_STREAM") === true) return systemFault(source, error);
  throw error;
}
