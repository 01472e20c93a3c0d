/** Calls of an object that have not ended. */
export interface AwaitedCalls<T extends object> {
  /** The object, with every call of it noted. */
  readonly object: T;
  /** Resolves when no call runs any more, however each ends. Calls `hurry` now and again until then. */
  settled(hurry: () => void): Promise<void>;
}

/** A call that still waits for its thread hears nothing of an interruption: it is told again. */
const HURRY_MS = 10;

/** Notes the calls of an object that give promises, so that one can wait for them. */
export function awaitCalls<T extends object>(target: T): AwaitedCalls<T> {
  const running = new Set<Promise<unknown>>();
  const note = (result: unknown): unknown => {
    if (!(result instanceof Promise)) return result;
    const ended: Promise<unknown> = result.then(
      () => running.delete(ended),
      () => running.delete(ended),
    );
    running.add(ended);
    return result;
  };
  const object = new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      // On the target itself: a call within a call is part of that.
      return (...args: unknown[]) => note(Reflect.apply(member, target, args));
    },
  });
  return {
    object,
    async settled(hurry) {
      while (running.size > 0) {
        hurry();
        const pause = new Promise((resolve) => setTimeout(resolve, HURRY_MS));
        await Promise.race([Promise.all(running), pause]);
      }
    },
  };
}
