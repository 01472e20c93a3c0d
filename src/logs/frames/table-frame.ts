import type { Frame, Framed } from "../log-record.js";
import { decodeUtf8 } from "../parse-record.js";
import { Unreadable } from "../unreadable.js";
import { createHeldBytes } from "./held-bytes.js";
import { isBlank, tooLong } from "./line-frame.js";
import { delimiterOf, splitCells, type Delimiter } from "./split-cells.js";

const [QUOTE, LINE_FEED] = [0x22, 0x0a];
const CANDIDATES = [",", ";", "\t", "|"].map((one) => one.charCodeAt(0));

/** Most columns of a table; a header of eight megabytes of commas is none. */
const MAX_COLUMNS = 10_000;

/**
 * CSV and its kin (RFC 4180): the first row names the columns, every other becomes a record of texts. Line ends
 * within quotes belong to their cell. Where a quote is never closed, that row is lost, and from there on a row is a
 * line: otherwise one stray quote would take the rest of the file along.
 *
 * @param known null where the header is to show the delimiter
 */
export function createTableFrame(maxRowBytes: number, known: Delimiter | null): Frame {
  const held = createHeldBytes(maxRowBytes);
  const pieceBytes = Math.min(PIECE_BYTES, maxRowBytes);
  let delimiter = known;
  let header: readonly string[] | null = null;
  let row = 0; // the header's
  let isFieldStart = true;
  let inQuotes = false;
  /** A quote right behind a closing one opens again: that is how a cell holds a quote. */
  let justClosed = false;
  let quotesSpanLines = true;
  let isRefused = false;

  const isDelimiter = (byte: number): boolean =>
    delimiter === null ? CANDIDATES.includes(byte) : byte === delimiter.charCodeAt(0);

  /** Of one whole row; null for the header and for blank lines. */
  const finish = (): Framed | null => {
    [isFieldStart, inQuotes, justClosed] = [true, false, false];
    const wasTooLong = held.overflowed;
    const bytes = held.take();
    if (!wasTooLong && isBlank(bytes)) return null;
    row += 1;
    try {
      if (wasTooLong) throw tooLong(maxRowBytes);
      const text = decodeUtf8(bytes).replace(/\r?\n?$/, "");
      if (header !== null)
        return { row: row - 1, value: recordOf(header, splitCells(text, delimiter ?? ",")) };
      delimiter ??= delimiterOf(text);
      header = readHeader(splitCells(text, delimiter));
      return null;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      isRefused = header === null;
      return { row: Math.max(row - 1, 1), broken: isRefused ? headless(error) : error };
    }
  };

  function* scan(bytes: Uint8Array): Generator<Framed> {
    let start = 0;
    for (let at = 0; at < bytes.length && !isRefused; at++) {
      const byte = bytes[at]!;
      if (byte === LINE_FEED && !(inQuotes && quotesSpanLines)) {
        held.add(bytes.subarray(start, at + 1));
        start = at + 1;
        const framed = finish();
        if (framed !== null) yield framed;
      } else if (byte === QUOTE && (inQuotes || isFieldStart || justClosed)) {
        [justClosed, inQuotes, isFieldStart] = [inQuotes, !inQuotes, false];
      } else if (!inQuotes) {
        justClosed = false;
        isFieldStart = isDelimiter(byte);
      }
    }
    held.add(bytes.subarray(start));
  }

  /** An open quote took along what it may: reads that again, line by line. */
  function* giveUpQuotes(): Generator<Framed> {
    quotesSpanLines = false;
    if (held.overflowed) {
      const framed = finish();
      if (framed !== null) yield framed;
      return;
    }
    [isFieldStart, inQuotes, justClosed] = [true, false, false];
    yield* scan(held.take());
  }

  return {
    *push(bytes) {
      for (let start = 0; start < bytes.length && !isRefused; start += pieceBytes) {
        const piece = bytes.subarray(start, start + pieceBytes);
        if (inQuotes && quotesSpanLines && held.length + piece.length > maxRowBytes) yield* giveUpQuotes();
        yield* scan(piece);
      }
    },
    *end() {
      if (isRefused) return;
      if (inQuotes && quotesSpanLines) yield* giveUpQuotes();
      const framed = held.isEmpty ? null : finish();
      if (framed !== null) yield framed;
    },
  };
}

/** So that an open quote is noticed while what it took along is still held. */
const PIECE_BYTES = 64 * 1024;

const headless = ({ code, message }: Unreadable): Unreadable =>
  new Unreadable(
    code === "broken_encoding" ? code : "broken_table",
    `no header row that can be read: ${message}`,
  );

/** @throws Unreadable `broken_table` */
function readHeader(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const named = names.filter((name) => name !== "");
  if (names.length > MAX_COLUMNS) throw new Unreadable("broken_table", "too many columns");
  if (new Set(named).size < named.length)
    throw new Unreadable("broken_table", "two columns have the same name");
  return names;
}

/** @throws Unreadable `broken_table` */
function recordOf(header: readonly string[], cells: readonly string[]): Record<string, string> {
  if (cells.length !== header.length)
    throw new Unreadable(
      "broken_table",
      `${String(cells.length)} cells where the header has ${String(header.length)}`,
    );
  const record = Object.create(null) as Record<string, string>; // a column may have any name
  header.forEach((name, at) => {
    if (name !== "") record[name] = cells[at]!;
  });
  return record;
}
