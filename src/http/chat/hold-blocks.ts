/** The way of chunks to a reader. */
export interface Outlet {
  /** Sends what lets the answer begin, and before it the blocks that were held. */
  send(payload: object): Promise<void>;
  /** Sends a part of a block, unless it may still become an error. */
  sendBlock(payload: object): Promise<void>;
  /** Whether everything so far was blocks, and none was sent. */
  readonly holdsAll: boolean;
}

/**
 * @param hold whether the caller would rather have an error than a block: then blocks wait until it is known whether
 * anything of the answer leaves
 */
export function holdBlocks(hold: boolean, sendNow: (payload: object) => Promise<void>): Outlet {
  let held: object[] | null = hold ? [] : null;
  return {
    async send(payload) {
      const blocks = held ?? [];
      held = null;
      for (const block of blocks) await sendNow(block);
      await sendNow(payload);
    },
    async sendBlock(payload) {
      if (held === null) await sendNow(payload);
      else held.push(payload);
    },
    get holdsAll() {
      return held !== null;
    },
  };
}
