import { GuardError } from "../../base/index.js";
import type { ChatMessage, ToolCall } from "../../generation/index.js";
import type { Policy } from "../../policy/index.js";

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
}

/** A message of the request, as far as the contract has checked it. */
export interface WireMessage {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content?: string | readonly Part[] | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly WireToolCall[] | null;
  readonly tool_call_id?: string;
}

export interface WireToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ReadMessages {
  /** One for each message of the request, so that indices stay what they are. */
  readonly messages: readonly ChatMessage[];
  /** Whether parts were left out that nobody can judge. */
  readonly contentLeftOut: boolean;
}

/**
 * What the model gets to read, which is all that the guard can judge and nothing more.
 * @throws GuardError `invalid_request` pointing at the part at fault
 */
export function chatMessagesOf(
  messages: readonly WireMessage[],
  unjudgeable: Policy["unjudgeable"],
): ReadMessages {
  let contentLeftOut = false;

  const read = (message: WireMessage, index: number): ChatMessage => {
    const at = `/messages/${String(index)}`;
    const parts = partsOf(message);
    const readable = parts.filter((part) => isText(part, message));
    if (readable.length < parts.length) {
      const bad = parts.findIndex((part) => !readable.includes(part));
      if (unjudgeable === "refuse")
        throw fault(
          `${at}/content/${String(bad)}/type`,
          "only text can be judged; images, audio and files are refused",
        );
      contentLeftOut = true;
    }
    const said = readable.map((part, nth) => {
      const text = part.type === "refusal" ? part.refusal : part.text;
      if (text === undefined) throw fault(`${at}/content/${String(nth)}/${part.type}`, "is needed");
      return text;
    });
    if (message.role === "assistant" && message.refusal) said.push(message.refusal);
    const content = said.join("\n"); // as inference servers join parts
    checkRole(message, content, at);
    return {
      role: message.role === "developer" ? "system" : message.role,
      content,
      ...(message.tool_calls && { toolCalls: message.tool_calls.map(toolCallOf) }),
      ...(message.role === "tool" && { toolCallId: message.tool_call_id ?? "" }),
    };
  };
  const all = messages.map(read);
  return { messages: all, contentLeftOut };
}

const partsOf = ({ content }: WireMessage): readonly Part[] => {
  if (typeof content !== "string") return content ?? [];
  return content === "" ? [] : [{ type: "text", text: content }];
};

const isText = ({ type }: Part, { role }: WireMessage): boolean =>
  type === "text" || (type === "refusal" && role === "assistant");

function checkRole(message: WireMessage, content: string, at: string): void {
  const { role, tool_calls: calls } = message;
  const hasCalls = calls !== undefined && calls !== null && calls.length > 0;
  if (hasCalls && role !== "assistant") throw fault(`${at}/tool_calls`, "only an assistant calls tools");
  if (role === "user" && content === "") throw fault(`${at}/content`, "holds no text");
  if (role === "tool" && message.tool_call_id === undefined) throw fault(`${at}/tool_call_id`, "is needed");
  const mayBeSilent = role === "assistant" && (hasCalls || typeof message.refusal === "string");
  if ((message.content ?? null) === null && !mayBeSilent) throw fault(`${at}/content`, "is needed");
}

const toolCallOf = ({ id, function: called }: WireToolCall): ToolCall => ({
  id,
  name: called.name,
  arguments: called.arguments,
});

const fault = (pointer: string, message: string): GuardError =>
  new GuardError("invalid_request", `${pointer}: ${message}`, { pointer });
