import type { LoggedTurn } from "../log-entry.js";
import { Unreadable } from "../unreadable.js";
import { addContent, emptyContent } from "./content.js";
import { field, firstOf, has, isObject, unfolded, type JsonObject } from "./fields.js";
import { holdsMessages, isMessage, readMessage, readMessages, textTurn, turnOf } from "./messages.js";

export type Turns = readonly LoggedTurn[];

/**
 * What a request to a model asks, of OpenAI's and Anthropic's APIs: one list of turns, or several where one call
 * asks several things (moderations, completions).
 * @returns null where it asks nothing that is text
 * @throws Unreadable `bad_content` or `unknown_role`
 */
export function requestTurns(body: unknown): Turns[] | null {
  const request = unfolded(body);
  if (!isObject(request)) return null;
  const messages = unfolded(field(request, "messages"));
  if (Array.isArray(messages)) return [[...systemTurns(field(request, "system")), ...readMessages(messages)]];
  if (has(request, "prompt")) return textsOrMessages(field(request, "prompt"));
  if (has(request, "input")) {
    const before = systemTurns(field(request, "instructions"));
    return textsOrMessages(field(request, "input"))?.map((turns) => [...before, ...turns]) ?? null;
  }
  return null;
}

/**
 * Every answer that a response holds: choices are alternatives, each of which could have been shown.
 * @returns null where it is no answer of a known kind; empty where it is one that says nothing, such as an error
 * @throws Unreadable `bad_content` or `unknown_role`
 */
export function answersOf(body: unknown): Turns[] | null {
  const response = unfolded(body);
  if (typeof response === "string") return response === "" ? [] : [[textTurn("assistant", response)]];
  if (Array.isArray(response)) return answersInArray(response);
  if (!isObject(response)) return null;
  const choices = field(response, "choices");
  if (Array.isArray(choices)) return choices.map(choiceTurns);
  const output = field(response, "output");
  if (Array.isArray(output)) return output.length === 0 ? [] : [readMessages(output)];
  if (isMessage(response)) return [readMessage(response, "assistant")];
  const message = field(response, "message");
  if (isObject(message)) return [readMessage(message, "assistant")];
  const text = firstOf(response, [
    "content",
    "output_text",
    "generated_text",
    "completion",
    "response",
    "text",
  ]);
  if (text !== undefined) return [contentTurns("assistant", text)];
  const saysNothing = ["error", "results", "data"].some((name) => has(response, name));
  return saysNothing ? [] : null;
}

/**
 * The answers in a field that a record has for them; nothing in an empty one.
 * @throws Unreadable `bad_content` or `unknown_role`
 */
export function answersIn(value: unknown): Turns[] {
  const response = unfolded(value);
  if (response === undefined || response === null) return [];
  if (isObject(response) && Object.keys(response).length === 0) return [];
  return answersOf(response) ?? unknownAnswer();
}

const unknownAnswer = (): never => {
  throw new Unreadable("bad_content", "a response of a kind that is not known");
};

/** `system` of Anthropic and `instructions` of the Responses API: text or blocks. */
export const systemTurns = (value: unknown): Turns =>
  value === undefined || value === null || value === "" ? [] : contentTurns("system", unfolded(value));

/** Each request with each of its answers; where it is not known which belong together, each by itself. */
export function exchanges(requests: readonly Turns[], answers: readonly Turns[]): Turns[] {
  const [only] = requests;
  if (answers.length === 0) return [...requests];
  if (only !== undefined && requests.length === 1) return answers.map((answer) => [...only, ...answer]);
  if (requests.length === answers.length) return requests.map((asked, at) => [...asked, ...answers[at]!]);
  return [...requests, ...answers];
}

function answersInArray(response: readonly unknown[]): Turns[] | null {
  if (response.length === 0) return [];
  if (holdsMessages(response)) return [readMessages(response)];
  if (response.every((part) => isObject(part) && typeof field(part, "type") === "string"))
    return [contentTurns("assistant", response)];
  return null;
}

function choiceTurns(choice: unknown): Turns {
  if (!isObject(choice)) throw new Unreadable("bad_content", "a choice that is no object");
  const message = firstOf(choice, ["message", "delta"]);
  return isObject(message)
    ? readMessage(message, "assistant")
    : contentTurns("assistant", field(choice, "text"));
}

/** Text, several texts, messages, or the parts of one message. */
function textsOrMessages(value: unknown): Turns[] | null {
  if (typeof value === "string") return [[textTurn("user", value)]];
  if (!Array.isArray(value)) return null;
  if (value.length > 0 && value.every((one) => typeof one === "string"))
    return value.map((text: string) => [textTurn("user", text)]);
  if (value.every((one) => typeof one === "number")) return null; // tokens
  const isParts = value.every((part) => isObject(part) && !has(part, "role") && isPart(part));
  return [isParts ? contentTurns("user", value) : readMessages(value)];
}

const isPart = (part: JsonObject): boolean =>
  ["text", "input_text", "image_url", "input_image", "input_file", "input_audio"].includes(
    String(field(part, "type")),
  );

function contentTurns(role: "user" | "assistant" | "system", value: unknown): Turns {
  const content = emptyContent();
  addContent(value, content);
  return [turnOf(role, content, null)];
}
