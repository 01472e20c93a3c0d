import type { LogOptions } from "./log-options.js";
import { findLogs } from "./sources/find-logs.js";

/** What a log was when it was looked at; equal lists mean that the same is read. */
export interface LogInput {
  /** As in the entries. */
  readonly source: string;
  /** Null where it is not known before it is read, as of the standard input. */
  readonly bytes: number | null;
  /** When it was last changed, ISO 8601 with milliseconds, or its ETag; null as above, and where nothing is there. */
  readonly version: string | null;
}

/**
 * Identity of the inputs, to tell whether a resumed run reads the same, in the order in which they are read. What
 * cannot be read is listed without size and version, as its fault is an entry too.
 * @throws GuardError `invalid_config` as reading does
 */
export async function describeInputs(
  inputs: readonly string[],
  options: LogOptions,
): Promise<readonly LogInput[]> {
  const all: LogInput[] = [];
  for await (const found of findLogs(inputs, options))
    all.push({
      source: found.source,
      bytes: found.type === "log" ? found.bytes : null,
      version: found.type === "log" ? found.version : null,
    });
  return all;
}
