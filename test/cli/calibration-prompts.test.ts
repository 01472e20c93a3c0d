import { describe, expect, it } from "@jest/globals";
import { chatPrompts, guardPrompts, verdictTokens } from "../../src/cli/calibration-prompts.js";
import { guardQuestion } from "../../src/cli/guard-question.js";
import type { LabelledRow } from "../../src/dataset/index.js";
import { renderGuardPrompt, renderLlama3Chat } from "../../src/prompt/index.js";
import { llama3Tokenizer } from "../fixtures/llama3-tokenizer.js";

const row = (...contents: [string, ...string[]]): LabelledRow => {
  const messages = contents.map((content, i) => ({
    role: i % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content,
  }));
  return {
    ...{ id: "1", source: "test", split: "train", label: "safe", categories: [] },
    messages: messages as unknown as LabelledRow["messages"],
    target: messages.at(-1)!.role,
  };
};
const ROWS = [
  row("hello"),
  row("hello", "hi"),
  row("how are you?"),
  row("a", "b", "c"),
  row("what?", "that"),
];
const tokenizer = llama3Tokenizer();

describe("guardPrompts", () => {
  it("asks in order, word for word, behind one head for each role", async () => {
    for (const name of ["llama-guard-2", "llama-guard-3"] as const) {
      const question = await guardQuestion(name);
      const { template, policy } = question;
      const prompts = guardPrompts(ROWS, question, tokenizer);
      const opening = tokenizer.encodeText(template.answerPrefix);
      expect(prompts.map(({ head, rest }) => [...head, ...rest])).toEqual(
        ROWS.map(({ messages }) => [
          ...tokenizer.encode(renderGuardPrompt(template, policy.categories, messages)),
          ...opening,
        ]),
      );
      expect(new Set(prompts.map(({ head }) => head.join())).size).toBe(2);
      for (const { head, rest } of prompts) {
        expect(head.length).toBeGreaterThan(600);
        expect(rest.length).toBeGreaterThan(0);
        expect(rest.length).toBeLessThan(100);
      }
    }
  });

  it("knows the policies by the names of their templates", async () => {
    await expect(guardQuestion("llama-guard-9")).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("llama-guard-2"),
    });
  });
});

describe("chatPrompts", () => {
  it("reads conversations as a generator does, and leaves the last token of a twin outside", () => {
    const prompts = chatPrompts([ROWS[0]!, ROWS[0]!], tokenizer);
    for (const { head, rest } of prompts) {
      expect([...head, ...rest]).toEqual(tokenizer.encode(renderLlama3Chat(ROWS[0]!.messages)));
      expect(rest).toHaveLength(1);
    }
  });
});

it("reads a verdict from the tokens by which the words differ", () => {
  expect(verdictTokens(tokenizer)).toEqual({ safe: 19_193, unsafe: 39_257 });
  const split = (text: string): number[] => (text === "unsafe" ? [5, 7] : [5, 9]);
  expect(verdictTokens({ encodeText: split })).toEqual({ safe: 9, unsafe: 7 });
});
