import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createKvCache, type KvLease } from "../../src/engine/kv-cache.js";

const BLOCK_TOKENS = 4;

function open(capacityBlocks: number) {
  const freed: number[] = [];
  const cache = createKvCache({ blockTokens: BLOCK_TOKENS, capacityBlocks, onFree: (id) => freed.push(id) });
  /** A prompt from arrival to the end: claims, computes the rest, remembers. Returns how much it found. */
  const pass = (tokens: number[], root = "head"): number => {
    const lease = cache.claim(root, tokens, 0, tokens.length - 1);
    const found = lease.blocks.length * BLOCK_TOKENS;
    cache.grow(lease, tokens.length);
    cache.remember(lease, tokens, 0, tokens.length);
    return found;
  };
  return { cache, freed, pass };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("createKvCache", () => {
  it("finds the whole blocks of the longest common beginning, and leaves the last token to compute", () => {
    const { pass } = open(100);
    expect(pass(upTo(10))).toBe(0);
    expect(pass(upTo(10))).toBe(8);
    expect(pass(upTo(8))).toBe(4); // all 8 are remembered, but then nothing would be left to compute
    expect(pass([...upTo(6), 99, 98, 97])).toBe(4);
    expect(pass([99, ...upTo(9)])).toBe(0);
  });

  it("keeps what stands behind different heads apart", () => {
    const { pass } = open(100);
    pass(upTo(10), "one head");
    expect(pass(upTo(10), "another head")).toBe(0);
  });

  it("lets others find what a sequence shares while it goes on, and lets go of none of it meanwhile", () => {
    const { cache, pass } = open(0);
    const first = cache.claim("head", upTo(10), 0, 9);
    cache.grow(first, 10);
    cache.share(first, upTo(10), 0, 6);
    cache.share(first, upTo(10), 0, 10);
    const second = cache.claim("head", upTo(10), 0, 9);
    expect(second.blocks).toEqual(first.blocks.slice(0, 2));
    cache.release(first);
    expect(pass(upTo(10))).toBe(8);
    cache.release(second);
    expect(cache.blocksInUse).toBe(0);
  });

  it("gives rows back when a sequence is canceled", () => {
    const { cache, freed } = open(100);
    const lease = cache.claim("head", upTo(10), 0, 9);
    cache.grow(lease, 10);
    expect(cache.blocksInUse).toBe(3);
    cache.release(lease);
    expect(cache.blocksInUse).toBe(0);
    expect(new Set(freed)).toEqual(new Set(lease.blocks));
  });

  it("forgets the beginning longest unused, its end first", () => {
    const { pass } = open(5);
    pass(upTo(12));
    pass(upTo(9).map((token) => token + 100));
    pass(upTo(9)); // 4 and 4 blocks would be 8: the older third block of this one has gone
    expect(pass(upTo(13))).toBe(8);
    pass(upTo(16).map((token) => token + 200));
    expect(pass(upTo(9).map((token) => token + 100))).toBe(0);
  });

  it("never hands a block to two owners, never forgets a pinned one, and stays within its bound", () => {
    const token = fc.nat(2);
    const act = fc.oneof(
      fc.record({
        kind: fc.constant("begin" as const),
        tokens: fc.array(token, { minLength: 1, maxLength: 24 }),
      }),
      fc.record({ kind: fc.constantFrom("remember" as const, "release" as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant("share" as const), which: fc.nat(5), to: fc.nat(24) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), fc.nat(12), (acts, capacityBlocks) => {
        const freed = new Set<number>();
        const cache = createKvCache({
          ...{ blockTokens: BLOCK_TOKENS, capacityBlocks },
          onFree: (id) => freed.add(id),
        });
        // What a store would hold: for every block the whole beginning it belongs to.
        const contents = new Map<number, string>();
        const live: { lease: KvLease; tokens: number[] }[] = [];
        const prefix = (tokens: number[], block: number) =>
          tokens.slice(0, (block + 1) * BLOCK_TOKENS).join();
        for (const one of acts) {
          if (one.kind === "begin") {
            const { tokens } = one;
            const lease = cache.claim("head", tokens, 0, tokens.length - 1);
            expect(lease.blocks.map((id) => contents.get(id))).toEqual(
              lease.blocks.map((_, at) => prefix(tokens, at)),
            );
            freed.clear();
            cache.grow(lease, tokens.length);
            for (const other of live) for (const id of other.lease.blocks) expect(freed).not.toContain(id);
            for (const [at, id] of lease.blocks.entries())
              if (at >= lease.claimedBlocks) {
                for (const other of live) expect(other.lease.blocks).not.toContain(id);
                contents.set(id, prefix(tokens, at));
              }
            live.push({ lease, tokens });
          } else if (one.kind === "share") {
            const going = live[one.which];
            if (going === undefined) continue;
            const { lease, tokens } = going;
            cache.share(lease, tokens, 0, Math.min(one.to, tokens.length));
            expect(lease.blocks.map((id) => contents.get(id))).toEqual(
              lease.blocks.map((_, at) => prefix(tokens, at)),
            );
          } else {
            const [ended] = live.splice(one.which, 1);
            if (ended === undefined) continue;
            if (one.kind === "release") cache.release(ended.lease);
            else cache.remember(ended.lease, ended.tokens, 0, ended.tokens.length);
          }
          const inFlight = new Set(live.flatMap(({ lease }) => lease.blocks)).size;
          expect(cache.blocksInUse).toBeLessThanOrEqual(Math.max(capacityBlocks, inFlight));
        }
        for (const { lease } of live) cache.release(lease);
        expect(cache.blocksInUse).toBeLessThanOrEqual(capacityBlocks);
      }),
      { numRuns: 500 },
    );
  });
});
