import type { ChatEvent } from "./chat-gate.js";

/** Events that may wait for the reader before the generation is halted. */
const MAX_UNREAD = 256;

/** Between the gates, which say things when they can, and a reader, who takes them when he likes. */
export interface Outbox {
  /** Leaves the event lying for the reader; nothing happens once the outbox is closed. */
  put(event: ChatEvent): void;
  /** Resolves when the reader has caught up, or when there is nothing to write for any more. */
  room(): Promise<void>;
  /** The reader gets what lies there, then the end. */
  end(): void;
  /** The reader gets what lies there, then the error: thrown, or as an event when part of an answer is out. */
  fail(error: unknown): void;
  readonly reader: AsyncIterator<ChatEvent, undefined>;
}

interface Waiting {
  resolve(result: IteratorResult<ChatEvent, undefined>): void;
  reject(error: unknown): void;
}

const END = { done: true, value: undefined } as const;

/** @param left called when the reader leaves before the end */
export function createOutbox(left: () => void): Outbox {
  const unread: ChatEvent[] = [];
  const waiting: Waiting[] = []; // only while nothing is unread
  let writers: (() => void)[] = [];
  let answering = false;
  let closed: { readonly error?: unknown } | null = null;

  const letWritersOn = (): void => {
    for (const resume of writers) resume();
    writers = [];
  };
  const close = (how: { readonly error?: unknown }): void => {
    if (closed !== null) return;
    closed = how;
    letWritersOn();
    for (const { resolve, reject } of waiting.splice(0)) take().then(resolve, reject);
  };
  const put = (event: ChatEvent): void => {
    if (closed !== null) return;
    if (event.type !== "degraded") answering = true;
    const next = waiting.shift();
    if (next === undefined) unread.push(event);
    else next.resolve({ done: false, value: event });
  };

  async function take(): Promise<IteratorResult<ChatEvent, undefined>> {
    const event = unread.shift();
    if (unread.length < MAX_UNREAD) letWritersOn();
    if (event !== undefined) return { done: false, value: event };
    if (closed === null) return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    if (!("error" in closed)) return END;
    const { error } = closed;
    closed = {};
    if (answering) return { done: false, value: { type: "error", error } };
    throw error;
  }

  return {
    put,
    room: () =>
      closed !== null || unread.length < MAX_UNREAD
        ? Promise.resolve()
        : new Promise((resolve) => writers.push(resolve)),
    end: () => close({}),
    fail: (error) => close({ error }),
    reader: {
      next: take,
      return() {
        unread.length = 0;
        close({});
        left();
        return Promise.resolve(END);
      },
    },
  };
}
