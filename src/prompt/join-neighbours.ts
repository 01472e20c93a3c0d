import type { Message } from "./conversation.js";

/**
 * Makes one message of neighbours on one side, a blank line between: a guard judges the last message alone, and
 * everything that a side said since the other spoke is to be judged, not just the end of it.
 */
export function joinNeighbours(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const { role, content } of messages) {
    const last = joined.at(-1);
    if (last?.role === role) joined[joined.length - 1] = { role, content: `${last.content}\n\n${content}` };
    else joined.push({ role, content });
  }
  return joined;
}
