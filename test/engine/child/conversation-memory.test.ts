import { describe, expect, it } from "@jest/globals";
import { createConversationMemory } from "../../../src/engine/child/conversation-memory.js";
import { createSequence, type Sequence } from "../../../src/engine/child/sequence.js";
import { createKvRows, type KvRows } from "../../../src/engine/kv-rows.js";
import { kvBytesPerToken } from "../../../src/model/index.js";
import { seededRandom } from "../../fixtures/seeded-random.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const { kvHeads, headDim, layers } = TINY_GEOMETRY;
const HEAD = {
  ...{ id: 1, key: "head", tokens: [900, 901], tokenCount: 2, computed: 2, users: 5 },
  rows: createKvRows(TINY_GEOMETRY, 2),
};

const sequenceOf = (own: readonly number[]): Sequence =>
  createSequence({
    ...{ id: 1, head: HEAD, headTokens: 2, tokens: [...HEAD.tokens, ...own], promptTokens: own.length + 2 },
    ...{ arrivedMs: 0, answer: { read: () => [], result: () => ({ scoreUnsafe: 0, mass: 1, codes: null }) } },
  });

/** Rows as a model would make them for `tokens[from..]`: every number depends on all tokens up to its own. */
function rowsOf(tokens: readonly number[], from: number): KvRows {
  const rows = createKvRows(TINY_GEOMETRY, tokens.length - from);
  let hash = 0;
  for (const [at, token] of tokens.entries()) {
    hash = (Math.imul(hash, 31) + token) % 1_000_003;
    if (at < from) continue;
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head < kvHeads; head++) {
        const start = (head * rows.capacityTokens + at - from) * headDim;
        rows.keys[layer]!.fill(hash + layer, start, start + headDim);
        rows.values[layer]!.fill(hash - head - 0.5, start, start + headDim);
      }
  }
  return rows;
}

const bytesOf = (rows: Float32Array): Buffer => Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
const same = (one: Float32Array, other: Float32Array): boolean => bytesOf(one).equals(bytesOf(other));

describe("createConversationMemory", () => {
  const random = seededRandom(11);
  const pick = (below: number): number => Math.floor(random() * below);

  /** Conversations that share beginnings now and then. */
  function randomConversations(count: number): number[][] {
    const all: number[][] = [];
    for (let i = 0; i < count; i++) {
      const earlier = all[pick(all.length)] ?? [];
      const kept = random() < 0.6 ? earlier.slice(0, pick(earlier.length + 1)) : [];
      all.push([...kept, ...Array.from({ length: 1 + pick(60) }, () => pick(50))]);
    }
    return all;
  }

  it("gives back the very rows it was given, in a new place, within its bound", () => {
    const boundBytes = 200 * 16 * kvBytesPerToken(TINY_GEOMETRY);
    const memory = createConversationMemory(TINY_GEOMETRY, boundBytes);
    const arena = createKvRows(TINY_GEOMETRY, 512);
    let found = 0;
    let different = 0;
    let mostBytes = 0;
    for (const own of randomConversations(2_000)) {
      const sequence = sequenceOf(own);
      memory.recall(sequence);
      const { computed, attached, tokens } = sequence;
      found += attached;
      memory.attach(sequence, arena, 7);
      const expected = rowsOf(tokens.slice(0, computed), 2);
      for (const [layer, values] of expected.values.entries())
        for (let head = 0; head < kvHeads; head++) {
          const start = (head * arena.capacityTokens + 7) * headDim;
          const mine = values.subarray(head * attached * headDim, (head + 1) * attached * headDim);
          different += Number(!same(arena.values[layer]!.subarray(start, start + attached * headDim), mine));
        }
      const take = tokens.length - computed;
      sequence.computed = tokens.length;
      memory.remember(sequence, take, rowsOf(tokens, computed), 0);
      mostBytes = Math.max(mostBytes, memory.bytes);
    }
    expect(mostBytes).toBeLessThanOrEqual(boundBytes);
    expect(different).toBe(0);
    expect(found).toBeGreaterThan(5_000);
  });

  it("lays rows where they belong in every step, whoever takes part in it", () => {
    const memory = createConversationMemory(TINY_GEOMETRY, 0);
    const arena = createKvRows(TINY_GEOMETRY, 400);
    const all = Array.from({ length: 5 }, () => sequenceOf(Array.from({ length: 60 }, () => pick(50))));
    for (const sequence of all) memory.recall(sequence);
    let different = 0;
    for (let step = 0; step < 100; step++) {
      let row = 2;
      for (const sequence of all.filter(() => random() < 0.8)) {
        const { attached, computed, tokens } = sequence;
        memory.attach(sequence, arena, row);
        const expected = rowsOf(tokens.slice(0, computed), 2);
        for (let head = 0; head < kvHeads; head++) {
          const start = (head * arena.capacityTokens + row) * headDim;
          const mine = expected.keys[1]!.subarray(head * attached * headDim, (head + 1) * attached * headDim);
          different += Number(!same(arena.keys[1]!.subarray(start, start + attached * headDim), mine));
        }
        row += attached;
        const take = Math.min(1 + pick(3), tokens.length - computed);
        sequence.computed += take;
        memory.keep(sequence, take, rowsOf(tokens.slice(0, sequence.computed), computed), 0);
      }
    }
    expect(all.every(({ computed, tokens }) => computed === tokens.length)).toBe(true);
    expect(different).toBe(0);
  });

  it("holds what a sequence computed piece by piece, and lets go when it is canceled", () => {
    const memory = createConversationMemory(TINY_GEOMETRY, 0);
    const arena = createKvRows(TINY_GEOMETRY, 100);
    const sequence = sequenceOf(Array.from({ length: 60 }, (_, i) => i));
    memory.recall(sequence);
    for (const take of [5, 20, 1, 30]) {
      const before = sequence.computed;
      sequence.computed += take;
      memory.keep(sequence, take, rowsOf(sequence.tokens.slice(0, sequence.computed), before), 0);
    }
    memory.attach(sequence, arena, 0);
    const expected = rowsOf(sequence.tokens.slice(0, sequence.computed), 2);
    const rows = [arena, expected].map(({ keys }) => keys[1]!.subarray(0, 56 * headDim));
    expect(rows[0]).toEqual(rows[1]);
    memory.drop(sequence);
    expect(memory.bytes).toBe(0);
  });
});
