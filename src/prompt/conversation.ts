import type { JudgedRole } from "../policy/index.js";

export interface Message {
  readonly role: JudgedRole;
  readonly content: string;
}

/** At least one message; the last one is judged, the others are its context. */
export type Conversation = readonly [Message, ...Message[]];

/** The message a verdict is about. */
export const judgedMessage = (conversation: Conversation): Message =>
  conversation[conversation.length - 1] ?? conversation[0];
