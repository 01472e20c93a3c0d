/** Scripts that put no spaces between words: any of their characters may end one. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
const IN_WORD = /[\p{L}\p{N}\p{M}\p{Pc}'’-]/u;
/** What belongs to the character before it: accents, joiners, variants. */
const CLINGS = /[\p{M}\u200D]/u;

const inWord = (character: string): boolean => IN_WORD.test(character) && !UNSPACED.test(character);

/**
 * Whether text may be cut at `at` without leaving half a word. At the end of a text that may go on, a word may
 * go on too.
 * @param at 0 to the length of the text, never inside a surrogate pair
 */
export function isWordBoundary(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
  const after = [...text.slice(at, at + 2)][0] ?? "";
  if (CLINGS.test(after) || before === "\u200D") return false;
  return !inWord(before) || (after !== "" && !inWord(after));
}
