import type { LogFormat } from "../log-entry.js";
import { field, firstOf, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import { readMessages } from "./messages.js";
import { whole, type FormatReader } from "./reading.js";
import { timeOf } from "./record-time.js";

/** Of WildChat's messages, beside `role` and `content`. Only what is read; the rest is about persons. */
const isWildChat = (record: JsonObject, first: unknown): boolean =>
  has(record, "conversation_hash") ||
  has(record, "detoxify_moderation") ||
  (isObject(first) && has(first, "turn_identifier"));

const reader = (format: LogFormat, isIt: (record: JsonObject, first: unknown) => boolean): FormatReader => ({
  format,
  read(record) {
    const messages = unfolded(field(record, "conversation"));
    if (!Array.isArray(messages) || !isIt(record, messages[0])) return null;
    const key = keyOf(firstOf(record, ["conversation_id", "conversation_hash", "id"]));
    return whole(key, readMessages(messages), timeOf(record));
  },
});

/** Rows of WildChat: `conversation` of `role` and `content`, with a hash as the key. */
export const wildchat = reader("wildchat", isWildChat);

/** Rows of LMSYS-Chat-1M, and any other with a `conversation` of `role` and `content`. */
export const lmsys = reader("lmsys", () => true);
