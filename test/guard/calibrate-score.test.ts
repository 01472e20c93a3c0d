import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { calibrateScore, uncalibrated } from "../../src/guard/calibrate-score.js";

const curve = fc.record({
  temperature: fc.double({ min: 0.1, max: 10, noNaN: true }),
  bias: fc.double({ min: -5, max: 5, noNaN: true }),
});
const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe("calibrateScore", () => {
  it("leaves a score alone, bit for bit, where nothing was fitted", () => {
    fc.assert(fc.property(probability, (score) => calibrateScore(score, undefined) === score));
  });

  it("brings scores nearer to one half at a temperature of two, and moves them by the bias", () => {
    expect(calibrateScore(0.9, { temperature: 2, bias: 0 })).toBeCloseTo(0.75, 10); // odds of 9 become 3
    expect(calibrateScore(0.5, { temperature: 2, bias: Math.log(4) })).toBeCloseTo(0.8, 10);
  });

  it("stays a probability and keeps the order, to both ends", () => {
    fc.assert(
      fc.property(probability, probability, curve, (one, other, calibration) => {
        const [low, high] = [one, other]
          .sort((a, b) => a - b)
          .map((score) => calibrateScore(score, calibration));
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high!);
      }),
    );
  });
});

describe("uncalibrated", () => {
  it("is reached by every score whose calibrated form reaches the threshold", () => {
    fc.assert(
      fc.property(probability, curve, probability, (threshold, calibration, score) => {
        if (calibrateScore(score, calibration) >= threshold)
          expect(score).toBeGreaterThanOrEqual(uncalibrated(threshold, calibration));
      }),
    );
  });
});
