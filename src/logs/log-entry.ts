/** Shapes of records that are recognised; `mapped` is one's own columns, named by a column map. */
export const LOG_FORMATS = [
  "openai",
  "sharegpt",
  "anthropic",
  "openai_batch",
  "anthropic_batch",
  "lmsys",
  "wildchat",
  "litellm",
  "langfuse",
  "alpaca",
  "pairs",
  "responses",
  "columns",
  "mapped",
] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** Why something of a log was not read: a closed list, for programs. `docs/logs.md` says what to do about each. */
export const LOG_FAULT_CODES = [
  // of a whole input
  "missing_file",
  "unreadable_file",
  "skipped_file",
  "changed_file",
  "decompression_failed",
  "broken_table",
  // of one record
  "broken_json",
  "broken_encoding",
  "line_too_long",
  "too_deep",
  "unknown_shape",
  "unknown_role",
  "bad_content",
  "empty_conversation",
  "not_a_conversation",
  "too_large",
  // a remark: what it is about was read all the same
  "duplicate_key",
] as const;

export type LogFaultCode = (typeof LOG_FAULT_CODES)[number];

/** One message as a log tells it. */
export interface LoggedTurn {
  readonly role: "user" | "assistant" | "system" | "tool";
  /** Well-formed Unicode; half a surrogate pair becomes U+FFFD. */
  readonly content: string;
  /** When, as ISO 8601 UTC; null where the log does not say. */
  readonly at: string | null;
  /**
   * Parts that are no text (images, audio): left out of `content`, counted so that nobody takes the turn for fully
   * read.
   */
  readonly unreadParts: number;
}

export interface LoggedConversation {
  readonly type: "conversation";
  /** The log's own key where it has one; else made from source and row. Unique within one reading. */
  readonly key: string;
  /** As the user named the input: a folder with the path below it, `-` for stdin, or the s3 URL. */
  readonly source: string;
  /** First line (JSON, from 1) or row (tables, from 1, header not counted) it came from. */
  readonly row: number;
  /**
   * How many records (lines, array elements, table rows) were read into it. 0 where one record holds several
   * conversations, such as a request with several answers, for all but the first. Over all entries of a reading,
   * `records` add up to the records there are.
   */
  readonly records: number;
  readonly format: LogFormat;
  readonly turns: readonly [LoggedTurn, ...LoggedTurn[]];
  /** Day of the first message or of the record, YYYY-MM-DD in UTC; null where not known. */
  readonly day: string | null;
}

export interface LogFault {
  readonly type: "fault";
  readonly source: string;
  /** As in a conversation; null where it is about the whole input. */
  readonly row: number | null;
  /** How many records were not read for this reason; 0 where it is a remark or about a whole input. */
  readonly records: number;
  readonly code: LogFaultCode;
  /** For people; never quotes the log. */
  readonly message: string;
}

export type LogEntry = LoggedConversation | LogFault;
