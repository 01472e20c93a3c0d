import { exchanges, systemTurns, type Turns } from "./exchange.js";
import { field, firstOf, has, keyOf, textOf, type JsonObject } from "./fields.js";
import { holdsMessages, readMessages, textTurn } from "./messages.js";
import { several, whole, type FormatReader } from "./reading.js";
import { KEY_FIELDS, timeOf } from "./record-time.js";

/** `instruction`, `input` and `output`: the user wrote the first two. */
export const alpaca: FormatReader = {
  format: "alpaca",
  read(record) {
    if (!has(record, "instruction", "output")) return null;
    const asked = ["instruction", "input"]
      .filter((name) => has(record, name) && field(record, name) !== null && field(record, name) !== "")
      .map((name) => textOf(field(record, name), name));
    const turns = [
      ...systemTurns(field(record, "system")),
      textTurn("user", asked.join("\n\n")),
      textTurn("assistant", textOf(field(record, "output"), "output")),
    ];
    return whole(keyOf(firstOf(record, KEY_FIELDS)), turns, timeOf(record));
  },
};

/** In the order they are looked for; the last two are alternatives, and both are judged. */
const ANSWERS = ["response", "completion", "answer", "chosen", "rejected"] as const;

/** A `prompt` and what came back, each as text or as messages. */
export const pairs: FormatReader = {
  format: "pairs",
  read(record) {
    const answers = ANSWERS.filter((name) => has(record, name) && field(record, name) !== null);
    if (!has(record, "prompt") || answers.length === 0) return null;
    const asked = [...systemTurns(field(record, "system")), ...side(record, "prompt", "user")];
    const all = exchanges(
      [asked],
      answers.map((name) => side(record, name, "assistant")),
    );
    return several(keyOf(firstOf(record, KEY_FIELDS)), all, timeOf(record));
  },
};

function side(record: JsonObject, name: string, role: "user" | "assistant"): Turns {
  const value = field(record, name);
  return holdsMessages(value) && typeof value !== "string"
    ? readMessages(value)
    : [textTurn(role, textOf(value, name))];
}
