import { expect, it } from "@jest/globals";
import { agrees, compareLogits } from "../../../bench/gpu/agreement.js";

const COLUMNS = { safe: 0, unsafe: 2 };

it("finds the furthest logit and the furthest score of all rows", () => {
  const reference = [
    [1, 5, 1],
    [2, 5, 0],
  ];
  const ours = [
    [1, 5.5, 1],
    [2, 5, 2],
  ];
  const { mostLogit, mostScore } = compareLogits(ours, reference, COLUMNS);
  expect(mostLogit).toBe(2);
  expect(mostScore).toBeCloseTo(0.5 - 1 / (1 + Math.exp(2)), 12);
});

it("counts a rounding, and not what a lost position costs", () => {
  const from = (apart: number) => compareLogits([[16 + apart, 17]], [[16, 17]], { safe: 0, unsafe: 1 });
  expect(agrees(from(0.014))).toBe(true);
  expect(agrees(from(0.08))).toBe(false);
  expect(agrees(from(NaN))).toBe(false);
});

it("refuses to compare other numbers of rows, and none", () => {
  expect(() => compareLogits([[1, 2, 3]], [], COLUMNS)).toThrow("1 rows beside 0");
  expect(() => compareLogits([], [], COLUMNS)).toThrow("0 rows beside 0");
});
