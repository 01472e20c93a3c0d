import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createTokenizer } from "../../src/tokenizer/index.js";
import { llama3Tokenizer, llama3TokenizerJson } from "../fixtures/llama3-tokenizer.js";

const json = llama3TokenizerJson();
const model = json["model"] as { vocab: Record<string, number>; merges: string[] };
const ours = llama3Tokenizer();

interface Encoder {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
}
const libraryWith = (options: object): Encoder =>
  new LibraryTokenizer({ ...json, model: { ...model, ...options }, added_tokens: [] }, {}) as Encoder;
const library = libraryWith({});
const byLibrary = (text: string): number[] => library.encode(text, { add_special_tokens: false }).ids;

describe("merging", () => {
  it("gives the library's tokens for any text", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.lorem());
    fc.assert(
      fc.property(text, (one) => {
        expect(ours.encodeText(one)).toEqual(byLibrary(one.replace(/\p{Surrogate}/gu, "\uFFFD")));
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the library's tokens for words of any length, where ranks tie and merges undo each other", () => {
    const letters = fc.array(fc.constantFrom("a", "aa", "b", "an", "ing", "é", "鬱", "x", "er"), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(letters, (parts) => {
        expect(ours.encodeText(parts.join(""))).toEqual(byLibrary(parts.join("")));
      }),
      { numRuns: 300 },
    );
  });

  it.each(["a", "鬱", "😀", "-", "\n", " ", "ab"])(
    "gives the library's tokens for ten thousand times %j",
    (unit) => {
      expect(ours.encodeText(unit.repeat(10_000))).toEqual(byLibrary(unit.repeat(10_000)));
    },
  );

  it("merges whole words too where the file does not ask for them to be looked up first", () => {
    const options = { ignore_merges: false };
    const merging = createTokenizer({ ...json, model: { ...model, ...options } });
    const words = Object.keys(model.vocab)
      .filter((token) => /^[a-zA-Z]{4,}$/.test(token))
      .slice(0, 3000)
      .join(" ");
    const expected = libraryWith(options).encode(words, { add_special_tokens: false }).ids;
    expect(merging.encodeText(words)).toEqual(expected);
  });

  it("reads merges written as pairs", () => {
    const merges = model.merges.map((merge) => merge.split(" "));
    const paired = createTokenizer({ ...json, model: { ...model, merges } });
    expect(paired.encodeText("unsafe merging, in pairs")).toEqual(
      ours.encodeText("unsafe merging, in pairs"),
    );
  });

  it.each([
    ["into no token", "safe unsafe"],
    ["of no token", "\u0001 a"],
    ["of one token", "a"],
    ["that is no merge", 7],
  ])("refuses a merge %s", (_what, merge) => {
    expect(() => createTokenizer({ ...json, model: { ...model, merges: [merge] } })).toThrow(
      expect.objectContaining({ code: "bad_model_file" }),
    );
  });
});
