import { kvBytesPerToken, type ModelGeometry } from "../../model/index.js";
import { copyKvRows, createKvRows, type KvRows } from "../kv-rows.js";
import type { PendingHead } from "../scheduler.js";

/** The beginning many prompts share. Its rows are computed once and then only read. */
export interface Head extends PendingHead {
  readonly id: number;
  readonly key: string;
  readonly tokens: readonly number[];
  /** Tokens whose rows exist. */
  computed: number;
  /** Rows of the head, with spare ones behind them for what a step attaches. */
  rows: KvRows;
  /** Sequences that look at it; a head with any stays. */
  users: number;
}

export interface Heads {
  /** Finds or adds the head of `key`, and counts one more user. */
  use(key: string, tokens: () => readonly number[]): Head;
  /** Counts one user less. */
  leave(head: Head): void;
  /** Makes sure that `spareTokens` rows lie behind the head, which moves its rows if they do not. */
  reserve(head: Head, spareTokens: number): void;
  /**
   * Empties the spare rows. What lies there is given no weight, but no weight of what is not a number is not a
   * number either: rows of a sequence that came to nothing must not stay.
   */
  clear(head: Head): void;
  readonly byId: ReadonlyMap<number, Head>;
  /** Bytes of all rows, spare ones included. */
  readonly bytes: number;
}

/** Both roles of one policy stay whatever the bound: without them every message would pay for its head. */
const HEADS_KEPT = 2;
/** Spare rows come in steps of this, so that few steps have to move a head. */
const SPARE_TOKENS = 128;

export function createHeads(geometry: ModelGeometry, capacityBytes: number): Heads {
  const byKey = new Map<string, Head>(); // least recently used first
  const byId = new Map<number, Head>();
  const none = createKvRows(geometry, 0);
  let nextId = 1;
  let rowsHeld = 0;

  const createHead = (id: number, key: string, tokens: readonly number[]): Head => {
    return { id, key, tokens, tokenCount: tokens.length, computed: 0, rows: none, users: 0 };
  };

  const bytes = (): number => rowsHeld * kvBytesPerToken(geometry);

  function drop(head: Head): void {
    byKey.delete(head.key);
    byId.delete(head.id);
    rowsHeld -= head.rows.capacityTokens;
  }

  function evict(): void {
    const held = [...byKey.values()].filter(({ rows }) => rows.capacityTokens > 0);
    for (const head of held.slice(0, -HEADS_KEPT)) {
      if (bytes() <= capacityBytes) return;
      if (head.users === 0) drop(head);
    }
  }

  function move(head: Head, capacityTokens: number): void {
    const { rows, computed } = head;
    head.rows = createKvRows(geometry, capacityTokens);
    copyKvRows(geometry, rows, 0, head.rows, 0, computed);
    rowsHeld += capacityTokens - rows.capacityTokens;
  }

  return {
    use(key, tokens) {
      const known = byKey.get(key);
      const head = known ?? createHead(nextId++, key, tokens());
      byKey.delete(key);
      byKey.set(key, head);
      byId.set(head.id, head);
      head.users++;
      return head;
    },

    leave(head) {
      head.users--;
      // What was computed stays, even of an unfinished head: where a head takes longer than a deadline, each
      // caller goes on from where the last one gave up.
      if (head.users === 0 && head.computed === 0) drop(head);
      evict();
    },

    reserve(head, spareTokens) {
      const { tokens, rows } = head;
      if (rows.capacityTokens >= tokens.length + spareTokens) return;
      const spare = Math.ceil(spareTokens / SPARE_TOKENS) * SPARE_TOKENS;
      move(head, tokens.length + spare);
      evict();
    },

    clear(head) {
      move(head, head.rows.capacityTokens);
    },

    byId,
    get bytes() {
      return bytes();
    },
  };
}
