import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BINS, calibrationFigures, reliabilityBins } from "../../../src/eval/metrics/calibration-figures.js";
import { createSample, onceEach, type Scored } from "../../../src/eval/metrics/sample.js";
import { items } from "./oracle.js";

const scored = (score: number, unsafe: boolean): Scored => ({ score, unsafe, flagged: false, group: 0 });

describe("calibrationFigures", () => {
  it("finds no error where one in four of a score of a quarter is unsafe", () => {
    const rows = Array.from({ length: 15 * 4 }, (_, at) => scored(0.25, at % 4 === 0));
    const sample = createSample(rows);
    expect(calibrationFigures(sample, onceEach(sample)).ece).toBeCloseTo(0, 10);
  });

  it("finds the distance where every score claims too much", () => {
    const rows = Array.from({ length: 150 }, (_, at) => scored(0.9, at % 2 === 0));
    const sample = createSample(rows);
    expect(calibrationFigures(sample, onceEach(sample)).ece).toBeCloseTo(0.4, 10);
    expect(calibrationFigures(sample, onceEach(sample)).brier).toBeCloseTo((0.01 + 0.81) / 2, 10);
  });

  it("fills its bins evenly, to within one item, and loses none", () => {
    fc.assert(
      fc.property(items({ minLength: 1, maxLength: 100 }), (rows) => {
        const sample = createSample(rows);
        const counts = reliabilityBins(sample, onceEach(sample)).map(({ items: count }) => count);
        expect(counts).toHaveLength(Math.min(BINS, rows.length));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
      }),
    );
  });
});
