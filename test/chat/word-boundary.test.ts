import { describe, expect, it } from "@jest/globals";
import { isWordBoundary } from "../../src/chat/word-boundary.js";

/** The text with `|` wherever it may be cut. */
const cuts = (text: string): string =>
  Array.from({ length: text.length + 1 }, (_, at) => at)
    .filter((at) => !/[\uDC00-\uDFFF]/.test(text[at] ?? ""))
    .map((at) => `${isWordBoundary(text, at) ? "|" : ""}${[...text.slice(at)][0] ?? ""}`)
    .join("");

describe("isWordBoundary", () => {
  it.each([
    ["two words", "it's well-known.", "|it's| |well-known|.|"],
    ["a word that may go on at the end", "so far", "|so| |far"],
    ["numbers and names of variables", "x_1 = 3.14", "|x_1| |=| |3|.|14"],
    ["letters with accents, composed or not", "né e\u0301t ", "|né| |e\u0301t| |"],
    ["scripts without spaces", "東京です。", "|東|京|で|す|。|"],
    ["Cyrillic, which has spaces", "да нет ", "|да| |нет| |"],
    ["pictures of several characters, which stay whole", "👩\u200D🚀!", "|👩\u200D🚀|!|"],
  ])("knows %s", (_, text, expected) => {
    expect(cuts(text)).toBe(expected);
  });
});
