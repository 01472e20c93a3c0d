import { Unreadable } from "../unreadable.js";
import { field, isObject, type JsonObject } from "./fields.js";

/** What the content of one message comes to. */
export interface Content {
  readonly texts: string[];
  unreadParts: number;
  /** Answers of tools that stand among the parts of someone's message (Anthropic). */
  readonly toolResults: Content[];
}

export const emptyContent = (): Content => ({ texts: [], unreadParts: 0, toolResults: [] });

/** Parts are separate pieces of text; glued together they could make words that nobody wrote. */
export const joined = ({ texts }: Content): string => texts.join("\n");

/**
 * Content as text, parts or blocks, of OpenAI's and Anthropic's kinds. Parts of a kind that is not known count as
 * unread unless they hold a `text`.
 * @throws Unreadable `bad_content` where it is a number or the like
 */
export function addContent(value: unknown, into: Content): void {
  if (value === null || value === undefined) return;
  if (typeof value === "string") into.texts.push(value);
  else if (Array.isArray(value)) for (const part of value) addContent(part, into);
  else if (isObject(value)) addPart(value, into);
  else throw new Unreadable("bad_content", "content that is neither text nor parts");
}

function addPart(part: JsonObject, into: Content): void {
  const type = field(part, "type");
  const text = field(part, "text");
  if (type === "tool_result") {
    const result = emptyContent();
    addContent(field(part, "content"), result);
    into.toolResults.push(result);
  } else if (type === "tool_use" || type === "server_tool_use" || type === "mcp_tool_use")
    into.texts.push(callText(field(part, "name"), field(part, "input")));
  else if (typeof text === "string") into.texts.push(text);
  else if (isObject(text) && typeof field(text, "value") === "string") addContent(field(text, "value"), into);
  else if (type === "thinking") addContent(field(part, "thinking"), into);
  else if (type === "refusal") addContent(field(part, "refusal"), into);
  else if (type === "document") addDocument(part, into);
  else {
    into.unreadParts += 1;
    const audio = field(part, "audio") ?? part;
    if (isObject(audio)) addTranscript(field(audio, "transcript"), into);
  }
}

function addDocument(part: JsonObject, into: Content): void {
  const source = field(part, "source");
  if (isObject(source) && field(source, "type") === "text") addContent(field(source, "data"), into);
  else if (isObject(source) && field(source, "type") === "content")
    addContent(field(source, "content"), into);
  else into.unreadParts += 1;
}

/** What was said in a recording, where someone wrote it down; the recording itself stays unread. */
export function addTranscript(transcript: unknown, into: Content): void {
  if (typeof transcript === "string") into.texts.push(transcript);
}

/** A call of a tool as text: `name(arguments)`, the arguments as they were written or as JSON. */
export function callText(name: unknown, input: unknown): string {
  const args = typeof input === "string" ? input : input === undefined ? "" : JSON.stringify(input);
  return `${typeof name === "string" ? name : "tool"}(${args})`;
}
