import type { Unreadable } from "./unreadable.js";

/** One line, array element or table row, with its JSON; or why it could not be had. */
export interface LogRecord {
  /** From 1. */
  readonly row: number;
  readonly value: unknown;
}

export interface BrokenRecord {
  readonly row: number;
  readonly broken: Unreadable;
}

export type Framed = LogRecord | BrokenRecord;

/** Cuts bytes that come in pieces of any size into records. Synchronous: an await for each record would cost more than its JSON. */
export interface Frame {
  push(bytes: Uint8Array): Iterable<Framed>;
  /** What is left when no more bytes come. */
  end(): Iterable<Framed>;
}
