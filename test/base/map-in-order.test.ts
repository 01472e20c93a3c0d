import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { mapInOrder } from "../../src/base/index.js";

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));

describe("mapInOrder", () => {
  it("keeps order and width whatever finishes first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (items, width) => {
          let [running, most] = [0, 0];
          const results = await mapInOrder(items, width, async (item) => {
            most = Math.max(most, ++running);
            await soon();
            running--;
            return item * 2;
          });
          expect(results).toEqual(items.map((item) => item * 2));
          expect(most).toBe(Math.min(width, items.length));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("begins nothing more once one has failed", async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await soon();
      if (item === 1) throw new Error("second");
    };
    await expect(mapInOrder([0, 1, 2, 3, 4, 5, 6, 7], 2, work)).rejects.toThrow("second");
    await soon();
    const soFar = begun.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun.length).toBe(soFar);
    expect(begun).not.toContain(7);
  });
});
