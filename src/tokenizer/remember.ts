/**
 * Wraps `compute` so that keys asked again are computed once: the last `capacity` distinct ones are remembered,
 * and up to as many older ones. Two generations rather than an order of last use: a Map that is deleted from at
 * its front grows slow to look there, and text can be written to make it so.
 */
export function remember<T extends object>(
  capacity: number,
  compute: (key: string) => T,
): (key: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    const known = young.get(key);
    if (known !== undefined) return known;
    const value = old.get(key) ?? compute(key);
    if (young.size >= capacity) [young, old] = [new Map(), young];
    young.set(key, value);
    return value;
  };
}

/** Distinct words whose tokens are remembered, and the longest of them in UTF-16 units. */
const MAX_WORDS = 10_000;
const MAX_WORD_CHARS = 64;

/** Wraps a function of words: short ones come again and again, long ones hardly ever. */
export function rememberWords<T extends object>(compute: (word: string) => T): (word: string) => T {
  const remembered = remember(MAX_WORDS, compute);
  return (word) => (word.length > MAX_WORD_CHARS ? compute(word) : remembered(word));
}
