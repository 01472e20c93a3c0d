/** Remembers answers so that the same question is asked once, also while it is being asked. */
export interface KnownAnswers<T> {
  /** What fails is not remembered. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
}

/** @param capacity answers kept, least recently used first out */
export function createKnownAnswers<T>(capacity: number): KnownAnswers<T> {
  const known = new Map<string, Promise<T>>();
  return {
    get(key, ask) {
      const found = known.get(key);
      if (found !== undefined) {
        known.delete(key);
        known.set(key, found);
        return found;
      }
      const asked = ask();
      known.set(key, asked);
      if (known.size > capacity) known.delete(known.keys().next().value!);
      asked.catch(() => {
        if (known.get(key) === asked) known.delete(key);
      });
      return asked;
    },
  };
}
