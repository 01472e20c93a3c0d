import { Unreadable } from "../unreadable.js";
import { answersIn, answersOf, exchanges, requestTurns } from "./exchange.js";
import { field, firstOf, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import { holdsMessages, readMessages } from "./messages.js";
import { several, whole, type FormatReader, type Reading } from "./reading.js";
import { KEY_FIELDS, timeOf } from "./record-time.js";

/** Chat messages, as for fine-tuning; preferences; a request with its response; a response alone. */
export const openai: FormatReader = {
  format: "openai",
  read: (record) => messages(record) ?? preference(record) ?? logged(record) ?? response(record),
};

function messages(record: JsonObject): Reading | null {
  const all = unfolded(field(record, "messages"));
  if (!Array.isArray(all)) return null;
  const turns = readMessages(all);
  const answers = answersIn(firstOf(record, ["response", "completion"]));
  return several(keyIn(record), exchanges([turns], answers), timeOf(record));
}

/** Both answers are judged: either is something a model said. */
function preference(record: JsonObject): Reading | null {
  const input = unfolded(field(record, "input"));
  if (!isObject(input) || !holdsMessages(field(input, "messages"))) return null;
  const asked = readMessages(field(input, "messages"));
  const answers = ["preferred_output", "non_preferred_output"].flatMap((name) => {
    const output = unfolded(field(record, name));
    return Array.isArray(output) ? [readMessages(output)] : [];
  });
  return several(keyIn(record), exchanges([asked], answers), timeOf(record));
}

/** As proxies log: `{request: {messages}, response: {choices}}`. */
function logged(record: JsonObject): Reading | null {
  const request = unfolded(field(record, "request"));
  if (!isObject(request)) return null;
  const requests = requestTurns(field(request, "body") ?? request);
  if (requests === null) return null;
  const answered = unfolded(field(record, "response"));
  const answers = answersIn(isObject(answered) && has(answered, "body") ? field(answered, "body") : answered);
  return several(keyIn(record), exchanges(requests, answers), timeOf(record));
}

function response(record: JsonObject): Reading | null {
  if (!Array.isArray(field(record, "choices"))) return null;
  const answers = answersOf(record) ?? [];
  if (answers.length === 0) throw new Unreadable("empty_conversation", "a response without choices");
  return several(keyIn(record), answers, timeOf(record));
}

const keyIn = (record: JsonObject): string | null => keyOf(firstOf(record, KEY_FIELDS));

/** Messages without a record around them. */
export const bareMessages = (value: unknown): Reading => whole(null, readMessages(value));
