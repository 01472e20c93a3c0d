/**
 * Bounds on what one record may take. A conversation of 8,192 tokens is about 32 KiB; pictures written into a record
 * as base64 take megabytes.
 */
export const LOG_LIMITS = Object.freeze({
  maxLineBytes: 8 * 1024 * 1024,
  /** A message takes some tokens, and no context holds as many. */
  maxTurns: 10_000,
  /** Requests nest about ten deep; without a bound a line of brackets becomes a million objects. */
  maxDepth: 100,
  /** UTF-16 units of a key taken from a log; longer ones are no keys, and every report would carry them. */
  maxKeyLength: 200,
  /** UTF-16 units of text in a conversation that is gathered from several records; it is held at once. */
  maxGatheredLength: 16 * 1024 * 1024,
});
