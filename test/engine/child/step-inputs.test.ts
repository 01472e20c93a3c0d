import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createStepInputs, type Piece } from "../../../src/engine/child/step-inputs.js";
import { MASKED } from "../../../src/model/index.js";

const numbers = (values: BigInt64Array): number[] => [...values].map(Number);

describe("createStepInputs", () => {
  it("lays two sequences side by side behind one head", () => {
    // A head of 2 rows, then one row of the first sequence, then two of the second, of which only one is used.
    const first: Piece = {
      ...{ tokens: [10, 11, 12, 13], from: 3, take: 1, read: true },
      ...{ headTokens: 2, attachedAt: 2, attached: 1 },
    };
    const second: Piece = {
      ...{ tokens: [10, 21, 22, 23, 24], from: 2, take: 2, read: false },
      ...{ headTokens: 1, attachedAt: 3, attached: 1 }, // it differs from the head in its second token
    };
    const { ids, positions, bias, reads } = createStepInputs(8).fill([first, second], 4);
    expect(numbers(ids)).toEqual([13, 22, 23]);
    expect(numbers(positions)).toEqual([3, 2, 3]);
    expect(numbers(reads)).toEqual([0]);
    const open = 0;
    const shut = Math.fround(MASKED);
    expect([...bias]).toEqual([
      ...[open, open, open, shut, open, shut, shut],
      ...[open, shut, shut, open, shut, open, shut], // nothing behind itself
      ...[open, shut, shut, open, shut, open, open],
    ]);
  });

  it("fills kept buffers anew for every step", () => {
    const piece = (tokens: number[], take: number): Piece => ({
      ...{ tokens, from: 0, take, read: true, headTokens: 0, attachedAt: 1, attached: 0 },
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })),
        (steps) => {
          const kept = createStepInputs(30);
          for (const takes of steps) {
            const pieces = takes.map((take, at) => piece([at, 1, 2, 3, 4, 5, 6], take));
            expect(kept.fill(pieces, 1)).toEqual(createStepInputs(30).fill(pieces, 1));
          }
        },
      ),
    );
  });

  it("reads some token even when no sequence is at its end: the graph wants one", () => {
    const piece: Piece = {
      ...{ tokens: [5, 6, 7], from: 0, take: 2, read: false },
      ...{ headTokens: 0, attachedAt: 0, attached: 0 },
    };
    expect(numbers(createStepInputs(4).fill([piece], 0).reads)).toEqual([1]);
  });
});
