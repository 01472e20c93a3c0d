import { createHash } from "node:crypto";
import type { LoggedConversation, LoggedTurn } from "../logs/index.js";
import type { JudgedRole } from "../policy/index.js";
import { joinNeighbours, type Conversation, type Message } from "../prompt/index.js";
import { messagesBefore, type AuditContext } from "./context.js";

/** One message of a log and what the guard is to be shown for it. */
export interface TurnToJudge {
  /** Index among all messages of the conversation, from 0. */
  readonly turn: number;
  readonly role: JudgedRole;
  /** As logged. */
  readonly content: string;
  /** `2026-11-25` in UTC, where the log says when. */
  readonly day: string | null;
  /** Parts of the message, such as images, that are no text. */
  readonly unreadParts: number;
  /** Ends in the judged message; null where there is no text to judge. */
  readonly conversation: Conversation | null;
  /** SHA-256 of what the guard is shown, lower-case hex: equal questions have equal hashes. */
  readonly contextSha256: string;
}

/**
 * Every message but those of the system, each as a chat gate would have seen it at its time: tools speak for the
 * outside, as users do, and neighbours on one side are one message, which grows as they come.
 */
export function* turnsToJudge({ turns }: LoggedConversation, context: AuditContext): Generator<TurnToJudge> {
  const before = messagesBefore(context);
  let heard: Message[] = [];
  for (const [turn, logged] of turns.entries()) {
    if (logged.role === "system") continue;
    const { content, unreadParts, at } = logged;
    const day = at?.slice(0, 10) ?? null;
    const role = sideOf(logged);
    const isEmpty = content.trim() === "";
    if (!isEmpty) heard = hear(heard, { role, content });
    const conversation = isEmpty ? null : (heard.slice(-(before + 1)) as unknown as Conversation);
    const contextSha256 = hashOf(conversation ?? [{ role, content }]);
    yield { turn, role, content, day, unreadParts, conversation, contextSha256 };
  }
}

const sideOf = ({ role }: LoggedTurn): JudgedRole => (role === "assistant" ? "assistant" : "user");

/** A new list: those that were handed out stay as they are. */
const hear = (heard: readonly Message[], message: Message): Message[] => [
  ...heard.slice(0, -1),
  ...joinNeighbours([...heard.slice(-1), message]),
];

/** Lengths go in as well, so that no text can pass for the end of one message and the beginning of the next. */
function hashOf(messages: readonly Message[]): string {
  const hash = createHash("sha256");
  for (const { role, content } of messages) {
    const bytes = Buffer.from(content);
    hash.update(`${role} ${String(bytes.length)}\n`).update(bytes);
  }
  return hash.digest("hex");
}
