import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "../../../src/base/index.js";
import { fitCurve, logLoss, type FitPoint } from "../../../src/eval/calibrate/fit-curve.js";
import { sigmoid } from "../../../src/guard/index.js";

/** Labels as they fall when the truth is the score with this curve undone. */
function points(count: number, temperature: number, bias: number, seed = 1): FitPoint[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const logOdds = 8 * random() - 4;
    return { score: sigmoid(logOdds), unsafe: random() < sigmoid(logOdds / temperature + bias) };
  });
}

describe("fitCurve", () => {
  it("finds the curve that labels were drawn by", () => {
    const { temperature, bias } = fitCurve(points(20_000, 2, -0.5), true);
    expect(temperature).toBeCloseTo(2, 0);
    expect(Math.abs(temperature - 2)).toBeLessThan(0.15);
    expect(Math.abs(bias + 0.5)).toBeLessThan(0.1);
  });

  it("is at the bottom: no step in any direction lowers the loss", () => {
    const data = points(500, 1.5, 0.3);
    for (const withBias of [true, false]) {
      const curve = fitCurve(data, withBias);
      // Platt's targets pull a little towards one half, so the bottom of the plain loss lies near, not there.
      const near = logLoss(data, curve) + 1e-4;
      for (const [dt, db] of [
        [0.2, 0],
        [-0.2, 0],
        [0, withBias ? 0.2 : 0],
        [0, withBias ? -0.2 : 0],
      ] as const)
        expect(
          logLoss(data, { temperature: curve.temperature + dt, bias: curve.bias + db }),
        ).toBeGreaterThanOrEqual(near - 2e-4);
      if (!withBias) expect(curve.bias).toBe(0);
    }
  });

  it("stays finite where a threshold separates the labels, and at scores of 0 and 1", () => {
    const data = [0, 0.1, 0.2, 0.8, 0.9, 1].map((score) => ({ score, unsafe: score > 0.5 }));
    const { temperature, bias } = fitCurve(data, true);
    expect(temperature).toBeGreaterThanOrEqual(0.05);
    expect(Number.isFinite(bias)).toBe(true);
  });

  it("refuses scores that say the opposite, and rows of one label", () => {
    const data = [0.1, 0.2, 0.8, 0.9].map((score) => ({ score, unsafe: score < 0.5 }));
    expect(() => fitCurve(data, true)).toThrow("nothing to calibrate");
    expect(() => fitCurve([{ score: 0.5, unsafe: true }], true)).toThrow("both labels");
  });
});
