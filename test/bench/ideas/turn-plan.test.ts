import { describe, expect, it } from "@jest/globals";
import { planTurns, stepsOf, turnOrder } from "../../../bench/ideas/turn-plan.js";

describe("planTurns", () => {
  it("runs what is short several times in a turn", () => {
    expect(planTurns([10, 8], null).runs).toBe(6);
    expect(planTurns([400, 500], null).runs).toBe(1);
  });

  it("takes as many rounds as fit, within bounds", () => {
    expect(planTurns([250, 250], null).rounds).toBe(10);
    expect(planTurns([1, 1], null).rounds).toBe(20);
    expect(planTurns([5000, 5000], null).rounds).toBe(5);
  });

  it("takes the rounds it is told", () => {
    expect(planTurns([5000, 5000], 2)).toEqual({ rounds: 2, runs: 1 });
  });
});

describe("turnOrder", () => {
  it("is reversed every other round", () => {
    expect([0, 1, 2].map((round) => turnOrder(["a", "b", "c"], round).join(""))).toEqual([
      "abc",
      "cba",
      "abc",
    ]);
  });
});

describe("stepsOf", () => {
  it("computes every new token once, each step behind all tokens before it", () => {
    expect(stepsOf({ newTokens: 150, pastTokens: 600 }, 64)).toEqual([
      { newTokens: 64, pastTokens: 600 },
      { newTokens: 64, pastTokens: 664 },
      { newTokens: 22, pastTokens: 728 },
    ]);
  });

  it("is one step unless told otherwise", () => {
    expect(stepsOf({ newTokens: 150, pastTokens: 600 })).toEqual([{ newTokens: 150, pastTokens: 600 }]);
  });
});
