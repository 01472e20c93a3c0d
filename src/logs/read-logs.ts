import { GuardError } from "../base/index.js";
import { createKeyClaims } from "./claim-keys.js";
import { readersFor } from "./formats/read-record.js";
import type { LogEntry } from "./log-entry.js";
import { LOG_DEFAULTS, type LogOptions } from "./log-options.js";
import { openGathering, type Gathering } from "./open-gathering.js";
import { readLog, type ReadContext } from "./read-log.js";
import { findLogs } from "./sources/find-logs.js";

/**
 * Every conversation of the inputs, and a fault for everything that could not be read. First those that a record
 * holds whole, in the order of the inputs; then those that were gathered from several records, in the order of their
 * first. The same inputs give the same entries in the same order. Holds a record at a time, 16 to 32 bytes for each
 * key, and within `memoryMib` what has to be gathered.
 *
 * @param inputs files, folders, patterns, `-`, or s3 URLs
 * @throws GuardError `invalid_config` for options that cannot be followed; the signal's reason; never for what a log
 * holds
 */
export async function* readLogs(inputs: readonly string[], options: LogOptions): AsyncGenerator<LogEntry> {
  const { format = LOG_DEFAULTS.format, map, signal, spillDir, memoryMib = LOG_DEFAULTS.memoryMib } = options;
  if (
    (map !== undefined && format !== "auto" && format !== "mapped") ||
    (map === undefined && format === "mapped")
  )
    throw new GuardError("invalid_config", "a column map goes with the format mapped, and only with it");
  signal?.throwIfAborted();
  let gathering = null as Gathering | null;
  let waiting: Parameters<Gathering["add"]>[] = [];
  const context: ReadContext = {
    ...{ options, readers: readersFor(format, map), claims: createKeyClaims() },
    gather: (...piece) => void waiting.push(piece),
    async settle() {
      if (waiting.length === 0) return;
      gathering ??= await openGathering(spillDir, memoryMib);
      for (const piece of waiting) gathering.add(...piece);
      waiting = [];
    },
  };
  try {
    for await (const found of findLogs(inputs, options)) {
      if (found.type === "fault") yield found;
      else yield* readLog(found, context);
    }
    if (gathering !== null) yield* gathering.entries(context.claims, signal);
  } finally {
    await gathering?.close();
  }
}
