/** Work that may go on side by side, and work that wants to be alone. */
export interface Gate {
  beside<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for what goes on, and holds back what comes meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  let inside = 0;
  let lastAlone: Promise<unknown> = Promise.resolve();
  let waitingAlone = 0;
  let nobodyInside: (() => void) | undefined;

  const leave = (): void => {
    inside -= 1;
    if (inside === 0) nobodyInside?.();
  };

  return {
    async beside(work) {
      while (waitingAlone > 0) await lastAlone;
      inside += 1;
      try {
        return await work();
      } finally {
        leave();
      }
    },

    alone(work) {
      waitingAlone += 1;
      const mine = lastAlone
        .then(async () => {
          if (inside > 0) await new Promise<void>((resolve) => (nobodyInside = resolve));
          nobodyInside = undefined;
          return work();
        })
        .finally(() => (waitingAlone -= 1));
      lastAlone = mine.catch(() => undefined);
      return mine;
    },
  };
}
