import { Unreadable } from "../unreadable.js";
import { answersIn, requestTurns, type Turns } from "./exchange.js";
import { field, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import type { FormatReader, Reading } from "./reading.js";
import { timeOf } from "./record-time.js";

/** Lines of OpenAI's batch files, in and out, joined on `custom_id` wherever they stand. */
export const openaiBatch: FormatReader = {
  format: "openai_batch",
  read(record) {
    if (!has(record, "custom_id")) return null;
    if (has(record, "method", "url", "body")) return request(record, field(record, "body"));
    const response = unfolded(field(record, "response"));
    if (isObject(response) && (has(response, "body") || has(response, "status_code")))
      return answer(record, field(response, "body"));
    return isObject(unfolded(field(record, "error"))) ? answer(record, null) : null;
  },
};

/** Lines of Anthropic's message batches, in and out, joined likewise. */
export const anthropicBatch: FormatReader = {
  format: "anthropic_batch",
  read(record) {
    if (!has(record, "custom_id")) return null;
    if (has(record, "params")) return request(record, field(record, "params"));
    const result = unfolded(field(record, "result"));
    return isObject(result) && has(result, "type") ? answer(record, field(result, "message")) : null;
  },
};

function request(record: JsonObject, body: unknown): Reading {
  const requests = requestTurns(body);
  if (requests === null)
    throw new Unreadable("not_a_conversation", "a batch request that holds no messages, prompt or text");
  return piece(record, "request", requests);
}

/** An error, or scores, answer nothing: the line belongs to its request all the same. */
const answer = (record: JsonObject, body: unknown): Reading => piece(record, "response", answersIn(body));

function piece(record: JsonObject, kind: "request" | "response", turns: readonly Turns[]): Reading {
  const group = keyOf(field(record, "custom_id"));
  if (group === null) throw new Unreadable("bad_content", "custom_id is no text");
  const [requests, answers] = kind === "request" ? [turns, []] : [[], turns];
  return { piece: { group, kind, order: kind === "request" ? 0 : 1, requests, answers, at: timeOf(record) } };
}
