import { kvBytesPerToken, type ModelGeometry } from "../../model/index.js";
import { createKvCache, type KvLease } from "../kv-cache.js";
import type { KvRows } from "../kv-rows.js";
import { createKvStore } from "../kv-store.js";
import type { Sequence } from "./sequence.js";

/** Rows of tokens behind the heads: of sequences in flight, and of prompts whose conversation may go on. */
export interface ConversationMemory {
  /** Opens the sequence's account with whatever is remembered of its beginning. */
  recall(sequence: Sequence): void;
  /**
   * Lays the sequence's rows into `to`, from `toRow` on. Rows that lie there since an earlier step stay: nobody else
   * may write behind the head.
   */
  attach(sequence: Sequence, to: KvRows, toRow: number): void;
  /**
   * Keeps the rows of its last `take` computed tokens, found in `from` at `fromRow`. Others with the same prompt can
   * use them from now on.
   */
  keep(sequence: Sequence, take: number, from: KvRows, fromRow: number): void;
  /** The same for a sequence that needs no further step: only what a later prompt can use stays. */
  remember(sequence: Sequence, take: number, from: KvRows, fromRow: number): void;
  /** Gives back what the sequence holds. */
  drop(sequence: Sequence): void;
  readonly bytes: number;
}

/** Rows of a sequence that were laid behind a head. */
interface Laid {
  readonly lease: KvLease;
  readonly row: number;
  readonly count: number;
}

/** Rows are remembered in runs of this many tokens: shorter common beginnings cost more than they save. */
const BLOCK_TOKENS = 16;

export function createConversationMemory(geometry: ModelGeometry, capacityBytes: number): ConversationMemory {
  const capacityBlocks = Math.floor(capacityBytes / (BLOCK_TOKENS * kvBytesPerToken(geometry)));
  const store = createKvStore({ geometry, blockTokens: BLOCK_TOKENS, keptBlocks: capacityBlocks });
  const cache = createKvCache({ blockTokens: BLOCK_TOKENS, capacityBlocks, onFree: store.free });
  const laid = new WeakMap<KvRows, readonly Laid[]>();

  /** Keeps rows up to token `end` of a sequence whose last `take` tokens are new. */
  function write(
    sequence: Sequence,
    lease: KvLease,
    end: number,
    take: number,
    from: KvRows,
    fromRow: number,
  ) {
    const { headTokens, computed } = sequence;
    const start = computed - take;
    if (end <= start) return;
    cache.grow(lease, end - headTokens);
    store.write(lease.blocks, start - headTokens, from, fromRow, end - start);
  }

  return {
    recall(sequence) {
      const { root, tokens, headTokens, promptTokens } = sequence;
      // The last token is always computed: its logits are the answer.
      sequence.lease = cache.claim(root, tokens, headTokens, Math.min(promptTokens, tokens.length - 1));
      const found = sequence.lease.blocks.length * BLOCK_TOKENS;
      sequence.computed += found;
      sequence.cachedTokens += found;
    },

    attach({ lease, attached }, to, toRow) {
      if (attached === 0) return;
      const all = laid.get(to) ?? [];
      const there = all.find((one) => one.lease === lease && one.row === toRow)?.count ?? 0;
      store.read(lease!.blocks, there, attached - there, to, toRow + there);
      const apart = all.filter(({ row, count }) => row + count <= toRow || row >= toRow + attached);
      laid.set(to, [...apart, { lease: lease!, row: toRow, count: attached }]);
    },

    keep(sequence, take, from, fromRow) {
      const { lease, tokens, headTokens, computed, promptTokens } = sequence;
      write(sequence, lease!, computed, take, from, fromRow);
      cache.share(lease!, tokens, headTokens, Math.min(computed, promptTokens));
    },

    remember(sequence, take, from, fromRow) {
      const { lease, tokens, headTokens, promptTokens } = sequence;
      const whole = Math.floor((promptTokens - headTokens) / BLOCK_TOKENS) * BLOCK_TOKENS;
      write(sequence, lease!, headTokens + whole, take, from, fromRow);
      cache.remember(lease!, tokens, headTokens, promptTokens);
      sequence.lease = null;
    },

    drop(sequence) {
      if (sequence.lease !== null) cache.release(sequence.lease);
      sequence.lease = null;
    },

    get bytes() {
      return store.bytes;
    },
  };
}
