import type { Random } from "./random.js";

const WORDS = (
  "how can I make my garden grow faster in spring what is the best way to cook rice for a friend who is ill " +
  "please tell me about history of trains and why old clocks stop when it rains near a lake on warm days"
).split(" ");

/** Everyday words, drawn one by one. */
export const someWords = (count: number, random: Random): string =>
  Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(" ");

/** Eight to sixteen everyday words: about as many tokens, and never the same text twice in a row of requests. */
export function shortMessage(random: Random): string {
  const length = 8 + Math.floor(random() * 9);
  return `${someWords(length, random)} ${String(Math.floor(random() * 1e6))}?`;
}
