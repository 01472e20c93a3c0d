import { describe, expect, it } from "@jest/globals";
import { createHeads, type Head, type Heads } from "../../../src/engine/child/heads.js";
import { kvBytesPerToken, type ModelGeometry } from "../../../src/model/index.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const TOKENS = 40;
const HEAD_BYTES = TOKENS * kvBytesPerToken(TINY_GEOMETRY);

/** Uses a head the way a step loop does, from the first sequence to the last. */
function compute(heads: Heads, key: string): Head {
  const head = heads.use(key, () => Array.from({ length: TOKENS }, (_, i) => i));
  heads.reserve(head, 0);
  head.computed = head.tokenCount;
  heads.leave(head);
  return head;
}

const isKept = (heads: Heads, head: Head): boolean => heads.byId.get(head.id) === head;

describe("createHeads", () => {
  it("computes the tokens of a head once", () => {
    const heads = createHeads(TINY_GEOMETRY, HEAD_BYTES);
    const first = compute(heads, "a");
    const again = heads.use("a", () => {
      throw new Error("asked twice");
    });
    expect(again).toBe(first);
  });

  it("keeps two heads whatever the bound, and of more the ones used last", () => {
    const heads = createHeads(TINY_GEOMETRY, 0);
    const [a, b] = [compute(heads, "a"), compute(heads, "b")];
    expect([isKept(heads, a), isKept(heads, b)]).toEqual([true, true]);
    compute(heads, "a");
    const c = compute(heads, "c");
    expect([a, b, c].map((head) => isKept(heads, head))).toEqual([true, false, true]);
  });

  it("keeps as many as its bound holds", () => {
    const heads = createHeads(TINY_GEOMETRY, 5 * HEAD_BYTES);
    const all = Array.from({ length: 30 }, (_, i) => compute(heads, String(i)));
    expect(all.filter((head) => isKept(heads, head)).map(({ key }) => key)).toEqual([
      "25",
      "26",
      "27",
      "28",
      "29",
    ]);
    expect(heads.bytes).toBe(5 * HEAD_BYTES);
  });

  it("never lets go of a head that a sequence looks at", () => {
    const heads = createHeads(TINY_GEOMETRY, 0);
    const used = heads.use("used", () => [1, 2, 3]);
    heads.reserve(used, 0);
    used.computed = 3;
    for (let i = 0; i < 10; i++) compute(heads, String(i));
    expect(isKept(heads, used)).toBe(true);
    heads.leave(used);
    expect(isKept(heads, used)).toBe(false);
  });

  it("forgets a head whose sequences were canceled before any of it was computed", () => {
    const heads = createHeads(TINY_GEOMETRY, 100 * HEAD_BYTES);
    const head = heads.use("a", () => [1, 2, 3]);
    heads.leave(head);
    expect(isKept(heads, head)).toBe(false);
  });

  it("lets the next caller go on with a head that the last one gave up half-way", () => {
    const heads = createHeads(TINY_GEOMETRY, 100 * HEAD_BYTES);
    const head = heads.use("a", () => [1, 2, 3]);
    heads.reserve(head, 0);
    head.computed = 2;
    heads.leave(head);
    expect(heads.use("a", () => [1, 2, 3])).toBe(head);
    expect(head.computed).toBe(2);
  });

  it("keeps its rows when it has to make room behind them", () => {
    const geometry: ModelGeometry = { ...TINY_GEOMETRY, layers: 1, kvHeads: 2, headDim: 1 };
    const heads = createHeads(geometry, 0);
    const head = heads.use("a", () => [1, 2]);
    heads.reserve(head, 0);
    head.rows.keys[0]!.set([11, 12, 21, 22]);
    head.computed = 2;
    heads.reserve(head, 5);
    const { capacityTokens, keys } = head.rows;
    expect(capacityTokens).toBeGreaterThanOrEqual(7);
    expect([0, 1].map((h) => [...keys[0]!.subarray(h * capacityTokens, h * capacityTokens + 2)])).toEqual([
      [11, 12],
      [21, 22],
    ]);
    expect(heads.bytes).toBe(capacityTokens * kvBytesPerToken(geometry));
  });

  it("empties its spare rows and nothing else", () => {
    const heads = createHeads(TINY_GEOMETRY, 0);
    const head = compute(heads, "a");
    heads.reserve(head, 5);
    const { keys, values, capacityTokens } = head.rows;
    for (const rows of [...keys, ...values]) rows.fill(Number.NaN);
    const { kvHeads, headDim } = TINY_GEOMETRY;
    for (let row = 0; row < kvHeads; row++) {
      const start = row * capacityTokens * headDim;
      for (const rows of [...keys, ...values]) rows.fill(1, start, start + TOKENS * headDim);
    }
    const bytes = heads.bytes;
    heads.clear(head);
    for (const rows of [...head.rows.keys, ...head.rows.values])
      expect(rows.reduce((sum, value) => sum + value, 0)).toBe(kvHeads * TOKENS * headDim);
    expect(heads.bytes).toBe(bytes);
  });
});
