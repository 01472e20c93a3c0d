import { describe, expect, it } from "@jest/globals";
import { createAnswer, type Answer } from "../../src/chat/answer.js";

const write = (answer: Answer, ...words: string[]): void => {
  for (const text of words) answer.add({ type: "text", choice: 0, text, tokens: 1, logprobs: null });
};
const out = (answer: Answer, aheadTokens = 0): string =>
  answer
    .take(aheadTokens)
    .map(({ text }) => text)
    .join("");

describe("an answer", () => {
  it("gives nothing out before it has passed, and what was written after the look not at all", () => {
    const answer = createAnswer();
    write(answer, "One ", "two ");
    expect(out(answer)).toBe("");
    const look = answer.look();
    write(answer, "three ");
    look.pass();
    expect([look.text, out(answer), out(answer), answer.passed]).toEqual(["One two ", "One two ", "", false]);
  });

  it("keeps back the piece whose last word may go on, until it does not", () => {
    const answer = createAnswer();
    write(answer, "One", " tw");
    answer.look().pass();
    expect(out(answer)).toBe("One");
    write(answer, "o");
    answer.look().pass();
    expect(out(answer)).toBe("");
    answer.finish("stop");
    expect(out(answer)).toBe(" two");
  });

  it("does not wait for the end of what is no word", () => {
    const answer = createAnswer();
    write(answer, ..."word ".repeat(60), ..."x".repeat(300));
    answer.look().pass();
    expect(out(answer)).toBe("word ".repeat(60) + "x".repeat(257));
  });

  it("counts what left ahead of its judgement until it is judged", () => {
    const answer = createAnswer();
    write(answer, "a ", "b ", "c ", "d ");
    expect([out(answer, 2), out(answer, 2)]).toEqual(["a b ", ""]);
    answer.look().pass();
    write(answer, "e ", "f ", "g ");
    expect(out(answer, 2)).toBe("c d e f ");
  });

  it("takes a token that is said to cost nothing for one", () => {
    const answer = createAnswer();
    for (const tokens of [0, -1, NaN])
      answer.add({ type: "text", choice: 0, text: "x ", tokens, logprobs: null });
    expect([out(answer), out(answer, 1), answer.unseen.tokens]).toEqual(["", "x ", 3]);
  });

  it("has not passed while a piece of a call has not been seen", () => {
    const answer = createAnswer();
    const piece = { type: "toolCall", choice: 0, index: 0 } as const;
    answer.add({ ...piece, id: "1", name: "look", arguments: '{"a"' });
    answer.look().pass();
    expect(answer.passed).toBe(true);
    answer.add({ ...piece, arguments: ":1}" });
    expect(answer.passed).toBe(false);
    expect([...answer.calls]).toEqual([[0, { id: "1", name: "look", arguments: '{"a":1}' }]]);
  });

  it("knows how much came since the last look, and whether a sentence ended in it", () => {
    const answer = createAnswer();
    write(answer, "Yes", ".");
    expect(answer.unseen).toEqual({ tokens: 2, sentenceEnded: true });
    answer.look();
    expect(answer.unseen).toEqual({ tokens: 0, sentenceEnded: false });
    write(answer, "京。");
    expect(answer.unseen).toEqual({ tokens: 1, sentenceEnded: true });
  });
});
