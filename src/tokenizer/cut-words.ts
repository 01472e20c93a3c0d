/**
 * Makes a function that cuts text wherever no token can reach across: between two characters that no merge
 * ever joins. What lies between cuts merges by itself, so encoding word by word gives exactly the tokens of
 * the whole; and as each cut depends on its two neighbours alone, text that is appended moves none of them.
 *
 * In Llama 2's vocabulary spaces stand at the beginning of tokens only and digits stand alone, so that the
 * pieces are words, with the spaces before them, and single digits, line breaks and most ideographs.
 * @param merges pairs of tokens spelled with the characters they stand for
 */
export function createWordCutter(
  merges: Iterable<readonly [left: string, right: string]>,
): (text: string) => string[] {
  const joined = new Set<string>(); // two code points each
  for (const [left, right] of merges) joined.add(lastCharacter(left) + firstCharacter(right));
  return (text) => {
    const words: string[] = [];
    let start = 0;
    let at = 0;
    let before = "";
    for (const character of text) {
      if (at > start && !joined.has(before + character)) {
        words.push(text.slice(start, at));
        start = at;
      }
      before = character;
      at += character.length;
    }
    if (at > start) words.push(text.slice(start));
    return words;
  };
}

const firstCharacter = (token: string): string => String.fromCodePoint(token.codePointAt(0) ?? 0);
const lastCharacter = (token: string): string => Array.from(token).at(-1) ?? "";
