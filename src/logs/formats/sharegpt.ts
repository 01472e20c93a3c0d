import { systemTurns } from "./exchange.js";
import { field, firstOf, has, isObject, keyOf, unfolded } from "./fields.js";
import { readMessages } from "./messages.js";
import { whole, type FormatReader } from "./reading.js";
import { KEY_FIELDS, timeOf } from "./record-time.js";

/** `conversations` (or `conversation`) of `from` and `value`. */
export const sharegpt: FormatReader = {
  format: "sharegpt",
  read(record) {
    const messages = unfolded(firstOf(record, ["conversations", "conversation"]));
    if (!Array.isArray(messages)) return null;
    const [first] = messages as readonly unknown[];
    const isIt = has(record, "conversations") || (isObject(first) && has(first, "from"));
    if (!isIt) return null;
    const turns = [...systemTurns(field(record, "system")), ...readMessages(messages)];
    return whole(keyOf(firstOf(record, KEY_FIELDS)), turns, timeOf(record));
  },
};
