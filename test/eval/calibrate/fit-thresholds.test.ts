import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  fitCommon,
  fitThresholds,
  isFlagged,
  type Aim,
  type NamedRow,
} from "../../../src/eval/calibrate/fit-thresholds.js";

const named = (unsafe: boolean, ...at: [string, number][]): NamedRow => ({ unsafe, namedAt: new Map(at) });
const rowsOf = fc.array(
  fc
    .record({
      unsafe: fc.boolean(),
      code: fc.constantFrom("S1", "S2"),
      tenths: fc.integer({ min: 0, max: 10 }),
    })
    .map(({ unsafe, code, tenths }) => named(unsafe, [code, tenths / 10])),
  { minLength: 1, maxLength: 30 },
);
const f1 = (rows: readonly NamedRow[], thresholds: ReadonlyMap<string, number>): number => {
  const hits = rows.filter((row) => row.unsafe && isFlagged(row, thresholds)).length;
  const flagged = rows.filter((row) => isFlagged(row, thresholds)).length;
  const unsafe = rows.filter((row) => row.unsafe).length;
  return (2 * hits) / Math.max(1, flagged + unsafe);
};
const both = (threshold: number) =>
  new Map([
    ["S1", threshold],
    ["S2", threshold],
  ]);
const F1: Aim = { kind: "f1" };

describe("fitCommon", () => {
  it("is no worse than any threshold on a fine grid", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const best = f1(rows, both(fitCommon(rows, F1)));
        for (let hundredths = 0; hundredths <= 100; hundredths += 1)
          expect(best).toBeGreaterThanOrEqual(f1(rows, both(hundredths / 100)) - 1e-12);
      }),
    );
  });

  it("keeps to a share of false positives with all the recall there is", () => {
    const safe = Array.from({ length: 100 }, (_, at) => named(false, ["S1", at / 100]));
    const unsafe = [0.5, 0.945, 0.955, 0.99].map((score) => named(true, ["S1", score]));
    const threshold = fitCommon([...safe, ...unsafe], { kind: "fpr", share: 0.05 });
    expect(safe.filter((row) => isFlagged(row, both(threshold))).length).toBeLessThanOrEqual(5);
    expect(unsafe.filter((row) => isFlagged(row, both(threshold))).length).toBe(3);
  });
});

describe("fitThresholds", () => {
  it("gives a category its own threshold where its scores mean something else", () => {
    const many = (count: number, make: (at: number) => NamedRow) =>
      Array.from({ length: count }, (_, at) => make(at / count));
    const rows = [
      ...many(100, (at) => named(true, ["S1", 0.3 + at / 10])), // S1 is shy
      ...many(100, (at) => named(false, ["S1", at / 5])),
      ...many(100, (at) => named(true, ["S2", 0.8 + at / 10])), // S2 is loud
      ...many(100, (at) => named(false, ["S2", 0.4 + at / 5])),
    ];
    const thresholds = fitThresholds(rows, ["S1", "S2"], F1);
    expect(f1(rows, thresholds)).toBe(1);
    expect(f1(rows, both(fitCommon(rows, F1)))).toBeLessThan(0.95);
  });

  it("leaves a category with few rows at the common threshold", () => {
    const rows = [named(true, ["S1", 0.9]), named(false, ["S1", 0.2]), named(true, ["S2", 0.3])];
    expect([...fitThresholds(rows, ["S1", "S2"], F1).values()]).toEqual(Array(2).fill(fitCommon(rows, F1)));
  });
});
