import { describe, expect, it } from "@jest/globals";
import { compareVerdicts } from "../../src/calibrate/agreement.js";

const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds));
const verdict = (odds: number, level = 0) => ({ safe: level, unsafe: level + odds });

describe("compareVerdicts", () => {
  it("says how far P(unsafe) moved and how many prompts changed sides", () => {
    const exact = [3, -2, 0.1, -0.1].map((odds) => verdict(odds));
    const rounded = [2.5, -2, -0.1, -0.2].map((odds) => verdict(odds));
    const shifts = [
      sigmoid(3) - sigmoid(2.5),
      0,
      sigmoid(0.1) - sigmoid(-0.1),
      sigmoid(-0.1) - sigmoid(-0.2),
    ];
    expect(compareVerdicts(exact, rounded)).toEqual({
      prompts: 4,
      logitError: expect.closeTo(Math.sqrt((0.25 + 0.04 + 0.01) / (9 + 4 + 0.01 + 0.01)), 10),
      unsafeShiftMean: expect.closeTo(shifts.reduce((sum, shift) => sum + shift, 0) / 4, 10),
      unsafeShiftP95: expect.closeTo(Math.max(...shifts), 10),
      unsafeShiftMax: expect.closeTo(Math.max(...shifts), 10),
      flips: 1,
    });
  });

  it("does not notice what moves both words alike", () => {
    const agreement = compareVerdicts([verdict(1, 5)], [verdict(1, -7)]);
    expect(agreement).toMatchObject({ logitError: 0, unsafeShiftMax: 0, flips: 0 });
  });

  it("leaves the worst twentieth out of the 95th percentile", () => {
    const exact = Array.from({ length: 40 }, () => verdict(0));
    const rounded = exact.map((_, i) => verdict(i < 2 ? 9 : i / 100));
    expect(compareVerdicts(exact, rounded).unsafeShiftP95).toBeCloseTo(sigmoid(0.39) - 0.5, 10);
  });
});
