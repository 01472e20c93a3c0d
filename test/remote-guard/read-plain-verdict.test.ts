import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readPlainVerdict } from "../../src/remote-guard/read-plain-verdict.js";

const CODES = ["S1", "S2", "S10"];
const listed = (text: string) =>
  readPlainVerdict(text, CODES).codes?.flatMap((code) => (code.listed ? [code.code] : []));

describe("readPlainVerdict", () => {
  it.each(["safe", " safe", "\n\nsafe\n"])("takes %j for safe", (text) => {
    expect(readPlainVerdict(text, CODES)).toMatchObject({ scoreUnsafe: 0, mass: 1 });
  });

  it.each([
    ["unsafe\nS1", ["S1"]],
    ["\n\nunsafe\nS2,S10", ["S2", "S10"]],
    ["unsafe\nS2, S1", ["S1", "S2"]],
    ["unsafe\nS1,S99", ["S1"]],
  ])("reads the codes of %j", (text, codes) => {
    expect(readPlainVerdict(text, CODES)).toMatchObject({ scoreUnsafe: 1, mass: 1 });
    expect(listed(text)).toEqual(codes);
  });

  it.each(["unsafe", "unsafe\nS99", "unsafe\nviolence"])("counts every code for %j, evenly", (text) => {
    expect(listed(text)).toEqual(CODES);
    const { codes } = readPlainVerdict(text, CODES);
    expect(codes!.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  });

  it.each([
    "",
    "Safe",
    "SAFE",
    "safe.",
    "safe\nS1",
    "safe safe",
    "unsafely",
    "safety",
    "I cannot",
    "not safe",
  ])("finds no verdict in %j", (text) => {
    expect(() => readPlainVerdict(text, CODES)).toThrow(
      expect.objectContaining({ code: "unreadable_output" }),
    );
  });

  it("calls nothing safe but the word", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", "safe", "\nsafe", "unsafe"), (noise, word) => {
        const text = word + noise;
        let score = 1;
        try {
          score = readPlainVerdict(text, CODES).scoreUnsafe;
        } catch {
          return;
        }
        if (score === 0) expect(text.trim()).toBe("safe");
      }),
    );
  });
});
