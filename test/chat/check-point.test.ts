import { describe, expect, it } from "@jest/globals";
import { isCheckDue } from "../../src/chat/check-point.js";

const unseen = (tokens: number, sentenceEnded = false) => ({ tokens, sentenceEnded });
const LAST = { tookMs: 100, endedMs: 1000 };

describe("isCheckDue", () => {
  it("wants a check after so many tokens, however slow the guard is", () => {
    expect(isCheckDue(unseen(15), 16, null, 0)).toBe(false);
    expect(isCheckDue(unseen(16), 16, LAST, 1000)).toBe(true);
  });

  it("wants one at the end of a sentence, unless the last took longer than it is past", () => {
    expect(isCheckDue(unseen(1, true), 16, null, 0)).toBe(true);
    expect(isCheckDue(unseen(1, true), 16, LAST, 1099)).toBe(false);
    expect(isCheckDue(unseen(1, true), 16, LAST, 1100)).toBe(true);
  });

  it("wants none without anything new", () => {
    expect(isCheckDue(unseen(0), 1, LAST, 9000)).toBe(false);
  });
});
