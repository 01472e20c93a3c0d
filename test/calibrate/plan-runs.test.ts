import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { CalibrationPrompt } from "../../src/calibrate/index.js";
import { planRuns, RUN_TOKENS, type Run } from "../../src/calibrate/plan-runs.js";

const tokensOf = ({ lengths }: Run): number => lengths.reduce((sum, length) => sum + length, 0);
const sequence = (length: number, token: number): number[] => new Array<number>(length).fill(token);

/** Up to three heads, one of them empty; most rests short, some longer than a run. */
const prompts = fc.array(
  fc.record({
    head: fc.constantFrom<number[]>([], sequence(3, 7), sequence(RUN_TOKENS + 5, 8)),
    rest: fc
      .tuple(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 * RUN_TOKENS + 9)), fc.nat(99))
      .map(([length, last]) => [...sequence(length - 1, 9), 100 + last]),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What a run computes, by looking only at the plan: all tokens each of its sequences has seen at its end. */
function seenBy(plan: ReturnType<typeof planRuns>, at: number): number[][] {
  const run = plan.runs[at]!;
  const past: number[] = [];
  for (const { head, keeps, pastTokens, fromRow, lengths } of plan.runs.slice(0, at))
    if (head === run.head && keeps)
      past.splice(pastTokens, lengths[0]!, ...plan.tokens.slice(fromRow, fromRow + lengths[0]!));
  let row = run.fromRow;
  return run.lengths.map((length) => [
    ...past.slice(0, run.pastTokens),
    ...plan.tokens.slice(row, (row += length)),
  ]);
}

describe("planRuns", () => {
  it("computes two prompts packed behind their head, which is computed once", () => {
    const head = [1, 2, 3];
    const plan = planRuns(
      [
        { head, rest: [4] },
        { head: [1, 2, 3], rest: [5, 6] },
      ],
      0,
      true,
    );
    expect(plan).toEqual({
      tokens: [1, 2, 3, 4, 5, 6],
      measured: { from: 3, to: 6 },
      lastRows: [3, 5],
      keptTokens: [3],
      runs: [
        { fromRow: 0, lengths: [1], head: 0, pastTokens: 0, keeps: true, probed: false },
        { fromRow: 1, lengths: [2], head: 0, pastTokens: 1, keeps: true, probed: true },
        { fromRow: 3, lengths: [1, 2], head: 0, pastTokens: 3, keeps: false, probed: true },
      ],
    });
  });

  it("shows every prompt to the model from its first token to its last", () => {
    fc.assert(
      fc.property(prompts, fc.constantFrom(0, 0.25, 0.5), (given, heldOut) => {
        const plan = planRuns(given, heldOut, true);
        const whole = new Set(plan.runs.flatMap((_, at) => seenBy(plan, at).map(String)));
        for (const { head, rest } of given) expect(whole).toContain(String([...head, ...rest]));
      }),
      { numRuns: 50 },
    );
  });

  it("gives every token one row, runs of bounded size, and packs nothing without a past", () => {
    fc.assert(
      fc.property(prompts, (given) => {
        const { runs, tokens, keptTokens } = planRuns(given, 0.25, true);
        let row = 0;
        for (const run of runs) {
          expect(run.fromRow).toBe(row);
          row += tokensOf(run);
          expect(tokensOf(run)).toBeLessThanOrEqual(RUN_TOKENS);
          if (run.pastTokens === 0 || run.keeps) expect(run.lengths).toHaveLength(1);
          expect(run.pastTokens + (run.keeps ? tokensOf(run) : 0)).toBeLessThanOrEqual(keptTokens[run.head]!);
        }
        expect(row).toBe(tokens.length);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps prompts that are measured apart from those that are probed, and in front", () => {
    const given = Array.from({ length: 8 }, (_, i): CalibrationPrompt => ({ head: [1, 2], rest: [10 + i] }));
    const plan = planRuns(given, 0.25, true);
    expect(plan.lastRows.map((row) => plan.tokens[row])).toEqual([10, 14]);
    expect(plan.measured).toEqual({ from: 2, to: 4 });
    expect(plan.runs.map(({ probed }) => probed)).toEqual([false, true, false, true]);
    expect(plan.tokens).toHaveLength(10);
    expect(planRuns(given, 0.25, false).tokens).toEqual([1, 2, 10, 14]);
  });

  it("measures on what it probes where there is nothing to hold out", () => {
    for (const [given, heldOut] of [
      [[{ head: [1], rest: [2] }], 0.25],
      [
        [
          { head: [1], rest: [2] },
          { head: [1], rest: [3] },
        ],
        0,
      ],
    ] as const) {
      const plan = planRuns(given, heldOut, true);
      expect(plan.lastRows).toHaveLength(given.length);
      expect(plan.runs.map(({ probed }) => probed)).toEqual([false, true]);
    }
  });
});
