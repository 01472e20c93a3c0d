import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { addDelta } from "../../../src/convert/adapter/add-delta.js";
import { seededRandom } from "../../fixtures/seeded-random.js";

const numbers = (random: () => number, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => random() - 0.5);

/** `W + scale * (B @ A)` in float64, rows of W from `fromRow` on. */
function oracle(
  w: Float32Array,
  columns: number,
  fromRow: number,
  rank: number,
  scale: number,
  a: Float32Array,
  b: Float32Array,
): number[] {
  return Array.from(w, (value, at) => {
    const [row, column] = [fromRow + Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += b[row * rank + k]! * a[k * columns + column]!;
    return value + scale * sum;
  });
}

describe("addDelta", () => {
  it("adds scale * (B @ A) to any rows of matrices of any shape", () => {
    const size = fc.integer({ min: 1, max: 23 });
    fc.assert(
      fc.property(size, size, size, fc.nat(22), fc.nat(1000), (out, columns, rank, skip, seed) => {
        const random = seededRandom(seed);
        const [a, b] = [numbers(random, rank * columns), numbers(random, out * rank)];
        const fromRow = skip % out;
        const block = numbers(random, (out - fromRow) * columns);
        const scale = 4 * random();
        const expected = oracle(block, columns, fromRow, rank, scale, a, b);
        addDelta(block, columns, fromRow, { rank, scale, a, b });
        expected.forEach((value, at) => expect(Math.abs(block[at]! - value)).toBeLessThan(4e-6));
      }),
      { numRuns: 200 },
    );
  });

  it("gives the same whether a matrix comes whole or in blocks", () => {
    const random = seededRandom(3);
    const [out, columns, rank] = [11, 6, 5];
    const delta = { rank, scale: 2, a: numbers(random, rank * columns), b: numbers(random, out * rank) };
    const whole = numbers(random, out * columns);
    const inBlocks = whole.slice();
    addDelta(whole, columns, 0, delta);
    for (const [from, to] of [
      [0, 4],
      [4, 5],
      [5, 11],
    ] as const)
      addDelta(inBlocks.subarray(from * columns, to * columns), columns, from, delta);
    expect(inBlocks).toEqual(whole);
  });

  it("adds exactly where every number is a small power of two", () => {
    const block = Float32Array.of(1, 2, 3, 4);
    addDelta(block, 2, 1, { rank: 1, scale: 0.5, a: Float32Array.of(4, 8), b: Float32Array.of(9, 1, -2) });
    expect(block).toEqual(Float32Array.of(3, 6, -1, -4));
  });
});
