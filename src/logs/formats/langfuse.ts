import { Unreadable } from "../unreadable.js";
import { answersOf, requestTurns, type Turns } from "./exchange.js";
import { field, firstOf, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import { firstTime } from "./iso-utc.js";
import { holdsMessages, readMessages, textTurn } from "./messages.js";
import type { FormatReader } from "./reading.js";

const TYPES = new Set([
  "SPAN",
  "GENERATION",
  "EVENT",
  "AGENT",
  "TOOL",
  "CHAIN",
  "RETRIEVER",
  "EVALUATOR",
  "EMBEDDING",
  "GUARDRAIL",
]);

/** Observations that Langfuse exports: generations, gathered by session or else by trace, in the order of their start. */
export const langfuse: FormatReader = {
  format: "langfuse",
  read(record) {
    const trace = keyOf(firstOf(record, ["trace_id", "traceId"]));
    const type = field(record, "type");
    if (trace === null || typeof type !== "string" || !TYPES.has(type)) return null;
    if (type !== "GENERATION")
      throw new Unreadable("not_a_conversation", "an observation that is no generation of a model");
    const requests = asked(field(record, "input"));
    const answers = answered(field(record, "output"));
    if (requests.length === 0 && answers.length === 0)
      throw new Unreadable("empty_conversation", "a generation without input and output");
    const at = firstTime(firstOf(record, ["start_time", "startTime"]));
    const group = keyOf(firstOf(record, ["session_id", "sessionId"])) ?? trace;
    return {
      piece: { group, kind: "call", order: at === null ? null : Date.parse(at), requests, answers, at },
    };
  },
};

/** Messages, or an object with some, or plain text; JSON of another kind is taken as the text it is. */
function asked(input: unknown): readonly Turns[] {
  if (input === null || input === undefined || input === "") return [];
  const value = unfolded(input);
  if (holdsMessages(value)) return [readMessages(value)];
  const turns = isObject(value) ? requestTurns(value) : null;
  return turns ?? [[textTurn("user", asText(input))]];
}

function answered(output: unknown): readonly Turns[] {
  if (output === null || output === undefined || output === "") return [];
  const answers = isKnownAnswer(unfolded(output)) ? answersOf(output) : null;
  return answers ?? [[textTurn("assistant", asText(output))]];
}

/** A model that was asked for JSON answers in JSON, which is then the answer itself. */
const isKnownAnswer = (value: unknown): boolean =>
  holdsMessages(value) ||
  (isObject(value) &&
    (has(value, "choices") || (has(value, "role") && has(value, "content")) || isCall(value)));

const isCall = (value: JsonObject): boolean => has(value, "role") && has(value, "tool_calls");

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
