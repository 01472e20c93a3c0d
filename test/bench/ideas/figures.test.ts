import { describe, expect, it } from "@jest/globals";
import { timesOf, withinNoise } from "../../../bench/ideas/figures.js";

const turn = (wallMs: readonly number[], cpuMs = 1) => ({ wallMs, cpuMs });

describe("timesOf", () => {
  it("compares with the first variant round by round, so that slow rounds count no more than others", () => {
    const first = [turn([10]), turn([100]), turn([11])];
    const second = [turn([8]), turn([80]), turn([8.8])];
    const { wallMs, ratio } = timesOf(second, first);
    expect(wallMs).toBe(8.8);
    expect(ratio!.median).toBeCloseTo(0.8, 6);
    expect(ratio!.middle[1]).toBeCloseTo(0.8, 6);
  });

  it("has nothing to compare the first variant with", () => {
    const first = [turn([3, 1], 4), turn([2, 9], 6)];
    expect(timesOf(first, first)).toEqual({ wallMs: 2.5, leastMs: 1, cpuMs: 5, ratio: null });
  });
});

describe("withinNoise", () => {
  it.each([
    [0.9, 1.1, true],
    [0.8, 0.99, false],
    [1.01, 1.2, false],
  ])("of rounds between %d and %d: %s", (low, high, expected) => {
    expect(withinNoise({ median: 1, middle: [low, high] })).toBe(expected);
  });
});
