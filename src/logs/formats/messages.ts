import type { LoggedTurn } from "../log-entry.js";
import { Unreadable } from "../unreadable.js";
import { addContent, addTranscript, callText, emptyContent, joined, type Content } from "./content.js";
import { field, firstOf, has, isObject, unfolded, type JsonObject } from "./fields.js";
import { firstTime } from "./iso-utc.js";
import { isRole, roleOf } from "./role.js";

type Role = LoggedTurn["role"];

const ROLE_FIELDS = ["role", "from", "speaker"] as const;
const CONTENT_FIELDS = ["content", "value", "text", "parts"] as const;

/** Whether it looks like a message of a conversation, whatever is wrong with it. */
export const isMessage = (value: unknown): value is JsonObject =>
  isObject(value) &&
  ROLE_FIELDS.some((name) => has(value, name)) &&
  [...CONTENT_FIELDS, "tool_calls", "function_call"].some((name) => has(value, name));

/** Whether it is an array of messages, as JSON or as text of JSON; judged by the first. */
export function holdsMessages(value: unknown): boolean {
  const messages = unfolded(value);
  return Array.isArray(messages) && messages.length > 0 && isMessage(messages[0]);
}

export const turnOf = (role: Role, content: Content, at: string | null): LoggedTurn => ({
  role,
  content: wellFormed(joined(content)),
  at,
  unreadParts: content.unreadParts,
});

/** A turn of plain text. */
export const textTurn = (role: Role, text: string, at: string | null = null): LoggedTurn => ({
  ...{ role, content: wellFormed(text), at, unreadParts: 0 },
});

/**
 * Turns of an array of messages: OpenAI's, Anthropic's, ShareGPT's, and items of the Responses API.
 * @throws Unreadable `bad_content` or `unknown_role`
 */
export function readMessages(value: unknown): LoggedTurn[] {
  const messages = unfolded(value);
  if (!Array.isArray(messages)) throw new Unreadable("bad_content", "messages are no array");
  return messages.flatMap((message) => readMessage(message));
}

/**
 * @param byDefault role of a message that names none, as answers do
 * @throws Unreadable `bad_content` or `unknown_role`
 */
export function readMessage(message: unknown, byDefault?: Role): LoggedTurn[] {
  if (!isObject(message)) throw new Unreadable("bad_content", "a message that is no object");
  const at = firstTime(
    firstOf(message, ["timestamp", "created_at", "createdAt", "create_time", "time", "at"]),
  );
  const item = readItem(message, at);
  if (item !== null) return [item];
  const named = firstOf(message, ROLE_FIELDS);
  const role = named === undefined && byDefault !== undefined ? byDefault : roleOf(named);
  const content = emptyContent();
  addContent(firstOf(message, ["reasoning_content", "reasoning"]), content);
  addContent(firstOf(message, CONTENT_FIELDS), content);
  addContent(field(message, "refusal"), content);
  addCalls(message, content);
  const audio = field(message, "audio");
  if (isObject(audio)) {
    content.unreadParts += 1;
    addTranscript(field(audio, "transcript"), content);
  }
  const results = content.toolResults.map((result) => turnOf("tool", result, at));
  const isOnlyResults = results.length > 0 && content.texts.length === 0 && content.unreadParts === 0;
  return isOnlyResults ? results : [...results, turnOf(role, content, at)];
}

/** Items of the Responses API that are no messages; null for what is one. */
function readItem(item: JsonObject, at: string | null): LoggedTurn | null {
  const type = field(item, "type");
  if (typeof type !== "string" || type === "message" || isRole(firstOf(item, ROLE_FIELDS))) return null;
  const content = emptyContent();
  if (type === "function_call" || type === "custom_tool_call" || type === "mcp_call")
    content.texts.push(callText(field(item, "name"), field(item, "arguments") ?? field(item, "input")));
  else if (type === "function_call_output" || type === "custom_tool_call_output") {
    addContent(field(item, "output"), content);
    return turnOf("tool", content, at);
  } else if (type === "reasoning") {
    addContent(field(item, "summary"), content);
    addContent(field(item, "content"), content);
  } else if (has(item, "role")) return null;
  else content.unreadParts += 1; // calls of built-in tools, pictures made, references to items kept elsewhere
  return turnOf("assistant", content, at);
}

function addCalls(message: JsonObject, into: Content): void {
  const calls = field(message, "tool_calls");
  for (const call of Array.isArray(calls) ? calls : []) {
    if (!isObject(call)) throw new Unreadable("bad_content", "a call of a tool that is no object");
    const called = firstOf(call, ["function", "custom"]);
    const { name, input } = callParts(isObject(called) ? called : call);
    into.texts.push(callText(name, input));
  }
  const call = field(message, "function_call");
  if (isObject(call)) into.texts.push(callText(field(call, "name"), field(call, "arguments")));
}

const callParts = (call: JsonObject): { name: unknown; input: unknown } => ({
  name: field(call, "name"),
  input: firstOf(call, ["arguments", "input", "args"]),
});

/** With the `u` flag the class matches only surrogates that are not half of a pair. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");
