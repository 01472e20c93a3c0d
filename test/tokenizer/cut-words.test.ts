import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import llama2 from "llama-tokenizer-js";
import { createWordCutter } from "../../src/tokenizer/cut-words.js";

const merges = [...llama2.merges.keys()].map((merge) => merge.split(" ") as [string, string]);
const cutWords = createWordCutter(merges);

const text = fc.oneof(
  fc.lorem().map((words) => words.replaceAll(" ", "▁")),
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom(..."ae1.▁\n鬱😀<>", "▁▁▁", "ing", "\r\n"), { maxLength: 30 })
    .map((parts) => parts.join("")),
);

describe("cutting words", () => {
  it("cuts before spaces, between digits, and around what no merge knows", () => {
    const words = "▁The ▁year ▁ 2 0 2 4 \n \n ▁▁▁ends ▁here , ▁▁ 鬱 水 😀 !".split(" ");
    expect(cutWords(words.join(""))).toEqual(words);
    expect(cutWords("")).toEqual([]);
  });

  it("keeps together what one merge joins, and nothing else", () => {
    const cut = createWordCutter([
      ["a", "b"],
      ["ab", "😀c"],
    ]);
    expect(cut("abc")).toEqual(["ab", "c"]);
    expect(cut("cab😀cb")).toEqual(["c", "ab😀", "c", "b"]);
  });

  it("loses nothing", () => {
    fc.assert(fc.property(text, (one) => expect(cutWords(one).join("")).toBe(one)));
  });

  it("never moves a cut for what is appended", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const settled = cutWords(one).slice(0, -1);
        expect(cutWords(one + other).slice(0, settled.length)).toEqual(settled);
      }),
      { numRuns: 500 },
    );
  });

  it("never cuts through a token of the vocabulary", () => {
    for (const token of new Set(merges.map((pair) => pair.join(""))))
      expect(cutWords(token)).toEqual([token]);
  });
});
