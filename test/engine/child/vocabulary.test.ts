import { describe, expect, it } from "@jest/globals";
import { readVocabulary } from "../../../src/engine/child/vocabulary.js";
import { thrownBy } from "../thrown-by.js";
import { TINY_GEOMETRY } from "./tiny-geometry.js";

const tokenizer = { encodeText: (text: string) => (text === "safe" ? [7] : [9]) };
const geometry = TINY_GEOMETRY;
const rows = (tokenIds: number[]) => ({ kind: "rows" as const, tokenIds });
const refusal = (message: string) => ({ code: "bad_model_file", message: expect.stringContaining(message) });

describe("readVocabulary", () => {
  it("finds the columns of a head that was cut to a few rows", () => {
    const vocabulary = readVocabulary({ head: rows([30, 9, 7, 31]), endTokenIds: [31], geometry }, tokenizer);
    expect(vocabulary).toMatchObject({
      verdictColumns: { safe: 2, unsafe: 1 },
      unsafeToken: 9,
      endTokenIds: [31],
    });
    expect([30, 31, 8].map(vocabulary.columnOf)).toEqual([0, 3, undefined]);
  });

  it("takes a full head as it is", () => {
    const { columnOf } = readVocabulary({ head: { kind: "full" }, endTokenIds: [31], geometry }, tokenizer);
    expect([0, 63, 64].map(columnOf)).toEqual([0, 63, undefined]);
  });

  it("refuses a tokenizer that takes a verdict word apart", () => {
    const apart = { encodeText: (text: string) => (text === "safe" ? [7] : [9, 7]) };
    expect(
      thrownBy(() => readVocabulary({ head: rows([7, 9, 31]), endTokenIds: [31], geometry }, apart)),
    ).toMatchObject(refusal('"unsafe"'));
  });

  it("refuses a head that cannot score a verdict word, or the end of an answer", () => {
    expect(
      thrownBy(() => readVocabulary({ head: rows([9, 31]), endTokenIds: [31], geometry }, tokenizer)),
    ).toMatchObject(refusal("both words"));
    expect(
      thrownBy(() => readVocabulary({ head: rows([7, 9]), endTokenIds: [31, 32], geometry }, tokenizer)),
    ).toMatchObject(refusal("ends an answer"));
  });
});
