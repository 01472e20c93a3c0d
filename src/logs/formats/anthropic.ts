import { answersIn, exchanges, requestTurns } from "./exchange.js";
import { field, firstOf, isObject, keyOf, unfolded } from "./fields.js";
import { readMessage } from "./messages.js";
import { several, whole, type FormatReader } from "./reading.js";
import { KEY_FIELDS, timeOf } from "./record-time.js";

const BLOCKS = new Set(["tool_use", "tool_result", "thinking", "redacted_thinking", "image", "document"]);

/** Requests with `system` beside the messages, messages of blocks, and responses of one message. */
export const anthropic: FormatReader = {
  format: "anthropic",
  read(record) {
    const key = keyOf(firstOf(record, KEY_FIELDS));
    const messages = unfolded(field(record, "messages"));
    if (Array.isArray(messages)) {
      if (firstOf(record, ["system"]) === undefined && !messages.some(hasBlocks)) return null;
      const asked = requestTurns(record) ?? [];
      return several(key, exchanges(asked, answersIn(field(record, "response"))), timeOf(record));
    }
    const isResponse = field(record, "type") === "message" && Array.isArray(field(record, "content"));
    return isResponse ? whole(key, readMessage(record, "assistant"), timeOf(record)) : null;
  },
};

const hasBlocks = (message: unknown): boolean => {
  const content = isObject(message) ? field(message, "content") : null;
  return (
    Array.isArray(content) &&
    content.some((part) => isObject(part) && BLOCKS.has(String(field(part, "type"))))
  );
};
