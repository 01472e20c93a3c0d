import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyRules } from "../../src/guard/apply-rules.js";
import { decide, lowestThreshold, type Reading } from "../../src/guard/decide.js";
import type { CategoryRule, PolicyAction, PolicyCategory } from "../../src/policy/index.js";

const category = (code: string, user: CategoryRule, assistant: CategoryRule = user): PolicyCategory => ({
  code,
  name: `Name of ${code}`,
  promptName: `Name of ${code}`,
  text: null,
  rules: { user, assistant },
  openaiNames: [],
});
const block = (threshold: number): CategoryRule => ({ threshold, action: "block" });
const rule = (threshold: number, action: PolicyAction): CategoryRule => ({ threshold, action });
const reading = (scoreUnsafe: number, listed: Record<string, boolean>): Reading => ({
  scoreUnsafe,
  codes: Object.entries(listed).map(([code, named]) => ({
    code,
    listed: named,
    probability: named ? 0.8 : 0.1,
  })),
  alone: null,
});

describe("decide", () => {
  const policy = [category("S1", block(0.5)), category("S2", rule(0.9, "flag"))];

  it("counts a named category as violated once P(unsafe) reaches its threshold", () => {
    expect(decide(policy, "user", [reading(0.5, { S1: true, S2: false })])).toMatchObject({
      action: "block",
      categories: [
        { code: "S1", violated: true, score: 0.4 },
        { code: "S2", violated: false },
      ],
    });
    expect(decide(policy, "user", [reading(0.499, { S1: true, S2: false })]).action).toBe("allow");
  });

  it("holds each category to its own threshold", () => {
    expect(decide(policy, "user", [reading(0.8, { S1: false, S2: true })]).action).toBe("allow");
    expect(decide(policy, "user", [reading(0.9, { S1: false, S2: true })]).action).toBe("flag");
  });

  it("uses the rule of the judged role", () => {
    const lenient = [category("S1", block(0.5), rule(0.5, "allow"))];
    expect(decide(lenient, "user", [reading(0.9, { S1: true })]).action).toBe("block");
    expect(decide(lenient, "assistant", [reading(0.9, { S1: true })]).action).toBe("allow");
  });

  it("does not let a louder reading of an allowed category hide a blocked one", () => {
    const mixed = [category("S1", block(0.5)), category("S2", rule(0.5, "allow"))];
    const loud = reading(0.99, { S1: false, S2: true });
    expect(decide(mixed, "user", [loud, reading(0.6, { S1: true, S2: false })]).action).toBe("block");
  });

  it("lets scores of categories alone inform but not decide", () => {
    const alone: Reading = {
      ...reading(0.2, { S1: false, S2: false }),
      alone: new Map([
        ["S1", 0.7],
        ["S2", 0.1],
      ]),
    };
    expect(decide(policy, "user", [alone])).toMatchObject({
      action: "allow",
      score: 0.2,
      categories: [
        { score: 0.7, violated: false },
        { score: 0.1, violated: false },
      ],
    });
  });

  it("only ever grows stricter when readings are added", () => {
    const anyReading = fc
      .record({ scoreUnsafe: fc.double({ min: 0, max: 1, noNaN: true }), s1: fc.boolean(), s2: fc.boolean() })
      .map(({ scoreUnsafe, s1, s2 }) => reading(scoreUnsafe, { S1: s1, S2: s2 }));
    fc.assert(
      fc.property(fc.array(anyReading, { minLength: 1 }), anyReading, (some, more) => {
        const violated = (readings: Reading[]) =>
          decide(policy, "user", readings)
            .categories.filter((one) => one.violated)
            .map(({ code }) => code);
        expect(violated([...some, more])).toEqual(expect.arrayContaining(violated(some)));
      }),
    );
  });
});

describe("applyRules", () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  const readings = fc.array(
    fc
      .record({ score, S1: fc.boolean(), S2: fc.boolean() })
      .map((r) => reading(r.score, { S1: r.S1, S2: r.S2 })),
    { minLength: 1, maxLength: 5 },
  );

  it("rules on what was kept of the readings as on the readings themselves, whatever the thresholds", () => {
    fc.assert(
      fc.property(readings, score, score, score, (all, kept, first, second) => {
        const { namedAt } = decide([category("S1", block(kept)), category("S2", block(kept))], "user", all);
        const other = [category("S1", block(first)), category("S2", rule(second, "flag"))];
        const { categories, action } = decide(other, "user", all);
        expect(applyRules(other, "user", namedAt)).toEqual({
          violated: categories.filter(({ violated }) => violated).map(({ code }) => code),
          action,
        });
      }),
    );
  });

  it("finds nothing violated where nothing was named, even at a threshold of 0", () => {
    expect(applyRules([category("S1", block(0))], "user", {})).toEqual({ violated: [], action: "allow" });
  });
});

describe("lowestThreshold", () => {
  it("is the least of the role's thresholds", () => {
    expect(
      lowestThreshold([category("S1", block(0.5), block(0.1)), category("S2", block(0.4))], "user"),
    ).toBe(0.4);
    expect(
      lowestThreshold([category("S1", block(0.5), block(0.1)), category("S2", block(0.4))], "assistant"),
    ).toBe(0.1);
  });
});
