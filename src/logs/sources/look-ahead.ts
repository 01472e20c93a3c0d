export interface Ahead {
  /** As many of the first bytes as were asked for, fewer only where there are no more. */
  readonly head: Uint8Array;
  /** All bytes, the head included. To be read once. */
  readonly all: AsyncIterable<Uint8Array>;
}

/** @param isEnough whether the bytes so far say what one wants to know */
export async function lookAhead(
  bytes: AsyncIterable<Uint8Array>,
  isEnough: (head: Uint8Array) => boolean,
): Promise<Ahead> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let isEnded = false;
  while (!isEnded && !isEnough(head)) {
    const { value, done } = await iterator.next();
    if (done === true) isEnded = true;
    else head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      while (!isEnded) {
        const { value, done } = await iterator.next();
        if (done === true) isEnded = true;
        else yield value;
      }
    } finally {
      if (!isEnded) await iterator.return?.();
    }
  }
  return { head, all: all() };
}
