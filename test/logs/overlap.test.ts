import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { LoggedTurn } from "../../src/logs/index.js";
import { overlap } from "../../src/logs/overlap.js";

const turns = (text: string): LoggedTurn[] =>
  [...text].map((content) => ({ role: "user", content, at: null, unreadParts: 0 }));

describe("overlap", () => {
  it("finds the longest end that is a beginning, as trying every length does", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        let longest = 0;
        for (let length = 1; length <= Math.min(before.length, after.length); length++)
          if (before.endsWith(after.slice(0, length))) longest = length;
        expect(overlap(turns(before), turns(after))).toBe(longest);
      }),
      { numRuns: 500 },
    );
  });

  it("takes turns of other roles, or with other parts unread, for others", () => {
    const [turn] = turns("x");
    expect(overlap([turn!], [{ ...turn!, role: "assistant" }])).toBe(0);
    expect(overlap([turn!], [{ ...turn!, unreadParts: 1 }])).toBe(0);
    expect(overlap([turn!], [{ ...turn!, at: "2025-01-01T00:00:00.000Z" }])).toBe(1);
  });
});
