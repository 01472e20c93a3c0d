import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { llama3Tokenizer } from "../fixtures/llama3-tokenizer.js";

const tokenizer = llama3Tokenizer();
const count = (text: string): number => tokenizer.encodeText(text).length;

describe("split", () => {
  const text = fc.oneof(
    fc.lorem({ maxCount: 60 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.constantFrom("a", "😀", "鬱", " ", "\n", "ab1! ").map((unit) => unit.repeat(120)),
  );

  it("covers the text in order with pieces that each keep to the limit alone", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 40 }), (whole, max) => {
        const pieces = tokenizer.split(whole, max, 0);
        for (const piece of pieces) expect(count(piece)).toBeLessThanOrEqual(max);
        expect(pieces.join("")).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  it("covers the text without gaps when pieces overlap, each adding something new", () => {
    const numbered = fc
      .array(fc.constantFrom("ant", "élan", "水😀水", ", ", "\n\n"), { maxLength: 60 })
      .map((words) => words.map((word, index) => `${word}${String(index + 100)}`).join(" "));
    fc.assert(
      fc.property(
        numbered,
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (whole, max, overlap) => {
          let covered = 0;
          for (const piece of tokenizer.split(whole, max, overlap)) {
            expect(count(piece)).toBeLessThanOrEqual(max);
            const start = whole.indexOf(piece, Math.max(0, covered - 200));
            expect(start).toBeGreaterThanOrEqual(0);
            expect(start).toBeLessThanOrEqual(covered);
            expect(start + piece.length).toBeGreaterThan(covered);
            covered = start + piece.length;
          }
          expect(covered).toBe(whole.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("never cuts inside a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (whole) => {
        for (const piece of tokenizer.split(whole, 5, 1)) expect(/\p{Surrogate}/u.test(piece)).toBe(false);
        expect(tokenizer.split(whole, 5, 0).join("")).toBe(whole);
      }),
    );
  });

  it("leaves a text that fits in one piece", () => {
    expect(tokenizer.split("short enough", 8, 2)).toEqual(["short enough"]);
    expect(tokenizer.split("", 8, 2)).toEqual([]);
  });

  it("cuts between words", () => {
    const pieces = tokenizer.split("one two three four five six seven eight", 3, 0);
    expect(pieces).toEqual(["one two three", " four five six", " seven eight"]);
  });

  it("repeats the end of a piece at the start of the next", () => {
    expect(tokenizer.split("one two three four five six", 4, 2)).toEqual([
      "one two three four",
      " three four five six",
    ]);
  });

  it("fills pieces of a text without word boundaries nearly to the limit", () => {
    const pieces = tokenizer.split("a".repeat(4000), 50, 0);
    expect(pieces).toHaveLength(Math.ceil(count("a".repeat(4000)) / 50));
  });

  it("refuses a limit below the tokens of one character", () => {
    expect(() => tokenizer.split("a 𓀀 b", 1, 0)).toThrow(expect.objectContaining({ code: "too_large" }));
  });
});
