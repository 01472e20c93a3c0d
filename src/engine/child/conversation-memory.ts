import { kvBytesPerToken, type ModelGeometry } from "../../model/index.js";
import { createKvCache, type KvLease } from "../kv-cache.js";
import type { KvRows } from "../kv-rows.js";
import { createKvStore } from "../kv-store.js";
import type { Sequence } from "./sequence.js";

/** Rows of tokens behind the heads: of sequences in flight, and of prompts whose conversation may go on. */
export interface ConversationMemory {
  /** Opens the sequence's account with whatever is remembered of its beginning. */
  recall(sequence: Sequence): void;
  /** Lays the sequence's rows into `to`, from `toRow` on. */
  attach(sequence: Sequence, to: KvRows, toRow: number): void;
  /** Keeps the rows of its last `take` computed tokens, found in `from` at `fromRow`. */
  keep(sequence: Sequence, take: number, from: KvRows, fromRow: number): void;
  /** The same for a sequence that needs no further step: only what a later prompt can use stays. */
  remember(sequence: Sequence, take: number, from: KvRows, fromRow: number): void;
  /** Gives back what the sequence holds. */
  drop(sequence: Sequence): void;
  readonly bytes: number;
}

/** Rows are remembered in runs of this many tokens: shorter common beginnings cost more than they save. */
const BLOCK_TOKENS = 16;

export function createConversationMemory(geometry: ModelGeometry, capacityBytes: number): ConversationMemory {
  const capacityBlocks = Math.floor(capacityBytes / (BLOCK_TOKENS * kvBytesPerToken(geometry)));
  const store = createKvStore({ geometry, blockTokens: BLOCK_TOKENS, keptBlocks: capacityBlocks });
  const cache = createKvCache({ blockTokens: BLOCK_TOKENS, capacityBlocks, onFree: store.free });

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
      store.read(lease!.blocks, attached, to, toRow);
    },

    keep(sequence, take, from, fromRow) {
      write(sequence, sequence.lease!, sequence.computed, take, from, fromRow);
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
