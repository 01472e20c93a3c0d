import type { ColumnMap } from "../column-map.js";
import type { LogFormat } from "../log-entry.js";
import { Unreadable } from "../unreadable.js";
import { anthropic } from "./anthropic.js";
import { anthropicBatch, openaiBatch } from "./batch.js";
import { columns } from "./columns.js";
import { field, isObject, type JsonObject } from "./fields.js";
import { langfuse } from "./langfuse.js";
import { litellm } from "./litellm.js";
import { mapped } from "./mapped.js";
import { isMessage } from "./messages.js";
import { bareMessages, openai } from "./openai.js";
import { alpaca, pairs } from "./pairs.js";
import type { FormatReader, Reading } from "./reading.js";
import { lmsys, wildchat } from "./research-chats.js";
import { responses } from "./responses.js";
import { sharegpt } from "./sharegpt.js";

/** From the shape that says most to the one that says least: the first that knows a record reads it. */
const READERS: readonly FormatReader[] = [
  ...[langfuse, litellm, openaiBatch, anthropicBatch],
  ...[sharegpt, wildchat, lmsys, anthropic, openai, responses],
  ...[alpaca, pairs, columns],
];

export interface Recognised {
  readonly format: LogFormat;
  readonly reading: Reading;
}

/**
 * Chooses who reads the records: all readers, or the one that was named.
 * @param format `mapped` needs the map
 */
export const readersFor = (
  format: LogFormat | "auto",
  map: ColumnMap | undefined,
): readonly FormatReader[] =>
  map !== undefined
    ? [mapped(map)]
    : READERS.filter((reader) => format === "auto" || reader.format === format);

/** @throws Unreadable */
export function readRecord(value: unknown, readers: readonly FormatReader[]): Recognised {
  if (isObject(value))
    for (const { format, read } of readers) {
      const reading = read(value);
      if (reading !== null) return { format, reading };
    }
  const bare = readers.find(({ format }) => format === "openai" || format === "sharegpt");
  if (Array.isArray(value) && isMessage(value[0]) && bare !== undefined)
    return { format: bareFormat(value[0]), reading: bareMessages(value) };
  throw new Unreadable("unknown_shape", "of no shape that is known here; name its columns in a map");
}

const bareFormat = (message: JsonObject): LogFormat =>
  field(message, "from") === undefined ? "openai" : "sharegpt";

/**
 * The records that one value holds: an array of records, or a page of an API with its records under `data`, gives
 * several; a list of messages is one.
 */
export function recordsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value))
    return value.length > 0 && value.every(isObject) && !isMessage(value[0]) ? value : [value];
  const data = isObject(value) ? field(value, "data") : null;
  const isPage =
    Array.isArray(data) && data.length > 0 && data.every(isObject) && !("messages" in (value as object));
  return isPage ? data : [value];
}
