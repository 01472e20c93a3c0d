import { answersIn, exchanges, requestTurns } from "./exchange.js";
import { field, firstOf, has, isObject, keyOf, unfolded } from "./fields.js";
import { several, type FormatReader } from "./reading.js";
import { KEY_FIELDS, timeOf } from "./record-time.js";

/** Requests and responses of the Responses API: `input` and `output` of items, `instructions` as the system's turn. */
export const responses: FormatReader = {
  format: "responses",
  read(record) {
    const input = unfolded(field(record, "input"));
    const output = unfolded(field(record, "output"));
    if (!isItems(input) && !isItems(output)) return null;
    const request = {
      ...(has(record, "instructions") && { instructions: field(record, "instructions") }),
      input,
    };
    const requests = (has(record, "input") ? requestTurns(request) : null) ?? [];
    const answers = answersIn(Array.isArray(output) ? { output } : (field(record, "response") ?? output));
    return several(keyOf(firstOf(record, KEY_FIELDS)), exchanges(requests, answers), timeOf(record));
  },
};

const isItems = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => isObject(item) && (has(item, "type") || has(item, "role")));
