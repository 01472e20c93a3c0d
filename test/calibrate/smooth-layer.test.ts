import { describe, expect, it } from "@jest/globals";
import { smoothLayer } from "../../src/calibrate/smooth-layer.js";
import type { ModelGeometry } from "../../src/model/index.js";

const GEOMETRY = { heads: 4, kvHeads: 2, headDim: 2 } as ModelGeometry;
const ONES = Float32Array.of(1, 1, 1, 1);
const QUIET = { attentionIn: ONES, mlpIn: ONES, mlpDown: ONES };
const PEAKS = { ...QUIET, attentionOut: new Float32Array(8).fill(1) };
const WEIGHTS = { ...QUIET, attentionOut: ONES };

const smooth = (peaks: number[], weightPeaks: number[], alpha: number): number[] => {
  const given = { ...PEAKS, mlpIn: Float32Array.from(peaks) };
  const weights = { ...WEIGHTS, mlpIn: Float32Array.from(weightPeaks) };
  return [...smoothLayer(given, weights, GEOMETRY, alpha).mlpIn];
};

describe("smoothLayer", () => {
  it("divides by peakX^alpha / peakW^(1 - alpha), relative to the mean", () => {
    expect(smooth([64, 1, 1, 1], [1, 1, 1, 16], 0.5)).toEqual(
      [8, 1, 1, 0.25].map((s) => expect.closeTo(s / 2 ** 0.25, 5)),
    );
    expect(smooth([64, 1, 1, 1], [1, 1, 1, 16], 0.25)).toEqual(
      [2 ** 1.5, 1, 1, 2 ** -3].map((s) => expect.closeTo(s / 2 ** -0.375, 5)),
    );
  });

  it("makes all channels equally loud at 1, and all columns of the weights at 0", () => {
    const [peaks, weights] = [
      [9, 0.1, 2, 3],
      [0.3, 0.1, 4, 1],
    ];
    const loudness = smooth(peaks!, weights!, 1).map((divisor, i) => peaks![i]! / divisor);
    const reach = smooth(peaks!, weights!, 0).map((divisor, i) => weights![i]! * divisor);
    for (const levelled of [loudness, reach])
      for (const one of levelled) expect(one).toBeCloseTo(levelled[0]!, 4);
  });

  it("leaves channels alone that are always zero or that nothing reads", () => {
    expect(smooth([0, 4, 4, 4], [1, 1, 1, 0], 0.5)).toEqual([1, 1, 1, 1].map((s) => expect.closeTo(s, 6)));
    expect(smooth([0, 0, 0, 0], [1, 1, 1, 1], 0.5)).toEqual([1, 1, 1, 1]);
  });

  it("stays within a factor of 256 of the mean", () => {
    expect(smooth([1e12, 1e-12, 1, 1], [1, 1, 1, 1], 0.5)).toEqual(
      [256, 1 / 256, 1, 1].map((s) => expect.closeTo(s, 4)),
    );
  });

  it("hears the loudest query head of a group for the values they share", () => {
    const attentionOut = Float32Array.of(1, 4, 16, 1, 1, 1, 1, 1); // two dimensions of four heads
    const divisors = smoothLayer({ ...PEAKS, attentionOut }, WEIGHTS, GEOMETRY, 0.5).attentionOut;
    const mean = 2 ** (3 / 4);
    expect([...divisors]).toEqual([4, 2, 1, 1].map((s) => expect.closeTo(s / mean, 5)));
  });
});
