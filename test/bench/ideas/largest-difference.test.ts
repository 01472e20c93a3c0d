import { expect, it } from "@jest/globals";
import { largestDifference } from "../../../bench/ideas/largest-difference.js";

it("looks at all rows and tokens, and at P(unsafe) of every token", () => {
  // Two tokens with rows of safe, unsafe and one more.
  const first = Float32Array.of(2, 2, 0, 1, -1, 5);
  const other = Float32Array.of(2, 3, 0, 1, -1, 2);
  const { logits, unsafe } = largestDifference(first, other, 2);
  expect(logits).toBe(3);
  expect(unsafe).toBeCloseTo(1 / (1 + Math.exp(-1)) - 0.5, 6);
});
