import type { Conversation } from "../prompt/index.js";

/**
 * Numbers rows by the prompt they are about: what the user said last. Many answers to one question are no
 * independent evidence, nor are copies of a question that differ in case and spaces; whoever draws rows at random
 * has to draw them together. A number, and no digest: short texts could be guessed from that.
 */
export function createPromptGroups(): (conversation: Conversation) => number {
  const numbers = new Map<string, number>();
  return (conversation) => {
    const prompt = conversation.findLast(({ role }) => role === "user") ?? conversation.at(-1)!;
    const key = prompt.content.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
}
