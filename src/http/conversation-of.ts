import { GuardError } from "../base/index.js";
import type { Conversation, Message } from "../prompt/index.js";

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

export type Content = string | readonly TextPart[];

export interface RequestMessage {
  readonly role: "user" | "assistant" | "system" | "developer";
  readonly content: Content;
}

/** Several parts are joined by line breaks, as inference servers join them. */
export const textOf = (content: Content): string =>
  typeof content === "string" ? content : content.map((part) => part.text).join("\n");

/**
 * The part of a conversation that a guard judges. The template knows users and agents only, so instructions
 * of a system are left out; `systemLeftOut` says so.
 */
export function conversationOf(messages: readonly RequestMessage[]): {
  conversation: Conversation;
  systemLeftOut: boolean;
} {
  const kept = messages.flatMap(({ role, content }): Message[] =>
    role === "user" || role === "assistant" ? [{ role, content: textOf(content) }] : [],
  );
  const [first, ...rest] = kept;
  const last = messages[messages.length - 1];
  if (first === undefined || last?.role === "system" || last?.role === "developer")
    throw new GuardError("invalid_request", "the last message must be the user's or the assistant's", {
      pointer: `/messages/${String(messages.length - 1)}/role`,
    });
  return { conversation: [first, ...rest], systemLeftOut: kept.length < messages.length };
}
