/** Events of one stream between who makes them and who reads them, at a pace of their own each. */
export interface EventQueue<T> extends AsyncIterable<T> {
  push(events: readonly T[]): void;
  /** Nothing more comes. */
  end(): void;
  /** The reader gets what was pushed before, and then this. */
  fail(error: unknown): void;
}

/** For one reader. Unbounded: whoever pushes has to know how much that can be. */
export function createEventQueue<T>(): EventQueue<T> {
  let waiting: T[] = [];
  let wake: () => void = () => undefined;
  let ending: (() => void) | undefined;
  const end = (act: () => void): void => {
    ending ??= act;
    wake();
  };

  return {
    push(events) {
      waiting.push(...events);
      wake();
    },
    end: () => end(() => undefined),
    fail: (error) =>
      end(() => {
        throw error;
      }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const ready = waiting;
        waiting = [];
        yield* ready;
        if (waiting.length > 0) continue;
        if (ending !== undefined) return ending();
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
