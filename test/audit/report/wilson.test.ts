import { describe, expect, it } from "@jest/globals";
import { wilsonInterval } from "../../../src/audit/report/wilson.js";

describe("wilsonInterval", () => {
  it("ends where the share lies 1.96 standard errors of the end away, which is its definition", () => {
    for (const total of [1, 2, 10, 137, 1_000_000])
      for (const hits of new Set([0, 1, Math.floor(total / 3), total])) {
        const [low, high] = wilsonInterval(hits, total)!;
        expect(0 <= low && low <= hits / total && hits / total <= high && high <= 1).toBe(true);
        const errorsAway = (end: number) =>
          Math.abs(hits / total - end) / Math.sqrt((end * (1 - end)) / total);
        if (hits > 0) expect(errorsAway(low)).toBeCloseTo(1.959964, 5);
        if (hits < total) expect(errorsAway(high)).toBeCloseTo(1.959964, 5);
      }
  });

  it("does not leave 0 for certain after ten turns without a hit", () => {
    expect(wilsonInterval(0, 10)).toEqual([0, expect.closeTo(0.2775, 4)]);
  });

  it("is nothing where nothing was counted", () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});
