import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { backOffMs } from "../../src/engine/back-off.js";

it("doubles up to half a minute and never waits less than half of that", () => {
  expect([1, 2, 3, 4, 8, 9, 500].map((failures) => backOffMs(failures, () => 0))).toEqual([
    250, 500, 1_000, 2_000, 30_000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, chance) => {
        const longest = backOffMs(failures, () => 0);
        expect(backOffMs(failures, () => chance)).toBeLessThanOrEqual(longest);
        expect(backOffMs(failures, () => chance)).toBeGreaterThanOrEqual(longest / 2);
      },
    ),
  );
});
