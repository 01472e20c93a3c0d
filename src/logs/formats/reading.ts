import type { LogFormat } from "../log-entry.js";
import type { Turns } from "./exchange.js";
import type { JsonObject } from "./fields.js";

/** A conversation that one record holds whole. */
export interface Draft {
  /** The log's own; null where it has none. */
  readonly key: string | null;
  readonly turns: Turns;
  /** When the record was made, ISO 8601 UTC, where it says so. */
  readonly at: string | null;
}

/** A record that is part of a conversation, whose other parts may stand anywhere in the inputs. */
export interface Piece {
  /** Which conversation, among those of the same format. */
  readonly group: string;
  /** Ascending within the group; null where the order of the inputs is to decide. */
  readonly order: number | null;
  /**
   * `messages`: follow one another. `call`: a request that repeats what was said before, and its answer.
   * `request` and `response`: one of each makes the conversation.
   */
  readonly kind: "messages" | "call" | "request" | "response";
  readonly requests: readonly Turns[];
  readonly answers: readonly Turns[];
  readonly at: string | null;
}

export type Reading = { readonly drafts: readonly Draft[] } | { readonly piece: Piece };

export interface FormatReader {
  readonly format: LogFormat;
  /**
   * @returns null where the record has another shape
   * @throws Unreadable where it has this shape and cannot be read
   */
  read(record: JsonObject): Reading | null;
}

export const whole = (key: string | null, turns: Turns, at: string | null = null): Reading => ({
  drafts: [{ key, turns, at }],
});

/** Several conversations out of one record, which share its key. */
export const several = (key: string | null, all: readonly Turns[], at: string | null = null): Reading => ({
  drafts: all.map((turns) => ({ key, turns, at })),
});
