import { describe, expect, it } from "@jest/globals";
import { buildAnswerGrammar } from "../../src/engine/answer-grammar.js";
import { createAnswer } from "../../src/engine/answer.js";
import { thrownBy } from "./thrown-by.js";

const encode = (text: string): number[] => [...text.replace("unsafe", "U")].map((c) => c.charCodeAt(0));
const [SAFE, UNSAFE] = ["s".charCodeAt(0), "U".charCodeAt(0)];

function answerTo(codes: string[], decodeFrom: number) {
  return createAnswer({
    ...{ codes, decodeFrom, grammar: buildAnswerGrammar(codes, encode) },
    vocabulary: {
      ...{ endTokenIds: [2], columnOf: (token: number) => token },
      ...{ verdictColumns: { safe: SAFE, unsafe: UNSAFE }, unsafeToken: UNSAFE },
    },
  });
}

const logits = (safe: number, unsafe: number): Float32Array => {
  const row = new Float32Array(128).fill(-20);
  row[SAFE] = safe;
  row[UNSAFE] = unsafe;
  return row;
};

describe("createAnswer", () => {
  it("stops at the verdict where codes are not wanted", () => {
    const answer = answerTo(["S1", "S2"], 0.6);
    expect(answer.read(logits(0, 0))).toEqual([]);
    expect(answer.result()).toMatchObject({ scoreUnsafe: 0.5, codes: null });
  });

  it("goes on to the first choice among codes from the score that was asked for", () => {
    const answer = answerTo(["S1", "S2"], 0.5);
    expect(answer.read(logits(0, 0))).toEqual(encode("unsafe\nS"));
    expect(answer.read(logits(0, 0).fill(3, 50, 51))).toEqual(encode("2")); // "2" is column 50
    expect(answer.read(logits(0, 0).fill(9, 2, 3))).toEqual([]); // the end
    expect(answer.result().codes?.map(({ listed }) => listed)).toEqual([false, true]);
  });

  it("never decodes above 1, and always from 0", () => {
    expect(answerTo(["S1", "S2"], 2).read(logits(-99, 99))).toEqual([]);
    expect(answerTo(["S1", "S2"], 0).read(logits(99, -99))).not.toEqual([]);
  });

  it("has an empty list of codes where the policy has none", () => {
    const answer = answerTo([], 0);
    expect(answer.read(logits(0, 5))).toEqual([]);
    expect(answer.result().codes).toEqual([]);
  });

  it("is an error, not a verdict, when the model's numbers are no numbers", () => {
    expect(thrownBy(() => answerTo(["S1"], 0).read(logits(NaN, 0)))).toMatchObject({
      code: "unreadable_output",
    });
  });
});
