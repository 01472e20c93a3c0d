import type { Answer } from "../answer.js";
import type { KvLease } from "../kv-cache.js";
import type { PendingSequence } from "../scheduler.js";
import type { Head } from "./heads.js";

/** One prompt on its way through the model. */
export interface Sequence<A extends Answer = Answer> extends PendingSequence {
  readonly head: Head;
  /** Tokens it shares with its head: rows of the head it looks at. */
  readonly headTokens: number;
  /** Head, prompt and, as it comes into being, answer. */
  readonly tokens: number[];
  readonly promptTokens: number;
  /** Names what its rows depend on besides its own tokens. */
  readonly root: string;
  readonly answer: A;
  readonly arrivedMs: number;
  computed: number;
  /** Opened when its first step comes near, so that it finds what older ones left. */
  lease: KvLease | null;
  startedMs: number | null;
  /** Prompt tokens found in the cache. */
  cachedTokens: number;
  computedTokens: number;
  canceled: boolean;
}

export interface SequenceStart<A extends Answer = Answer> {
  readonly id: number;
  readonly head: Head;
  readonly headTokens: number;
  /** Prompt and forced beginning of the answer. */
  readonly tokens: number[];
  readonly promptTokens: number;
  readonly answer: A;
  readonly arrivedMs: number;
}

export function createSequence<A extends Answer>(start: SequenceStart<A>): Sequence<A> {
  const { head, headTokens } = start;
  const owed = head.users === 1 ? Math.max(0, headTokens - head.computed) : 0; // the first to wait pays for the head
  return {
    ...start,
    headId: head.id,
    root: `${String(head.id)}:${String(headTokens)}`,
    computed: headTokens,
    lease: null,
    startedMs: null,
    cachedTokens: headTokens - owed,
    computedTokens: owed,
    canceled: false,
    get tokenCount() {
      return this.tokens.length;
    },
    get attached() {
      return this.computed - headTokens;
    },
  };
}
