import { describe, expect, it } from "@jest/globals";
import { createGeneratedAnswer } from "../../src/engine/generated-answer.js";
import type { GenerationEvent, Sampling } from "../../src/generation/index.js";

const END = 0;
const CONTROL = 1;
/** Tokens from 2 on, by what they stand for. */
const PIECES = ["Hi", " the", "re", "\nUser", ":", "\u00e9"].map((text) => Buffer.from(text));
const EURO = Buffer.from("€");
const TOKENS = [Buffer.of(), Buffer.of(), ...PIECES, EURO.subarray(0, 1), EURO.subarray(1)];
const [HI, THE, RE, USER, COLON] = [2, 3, 4, 5, 6];
const [EURO_1, EURO_2] = [8, 9];

const SAMPLING: Sampling = {
  ...{ temperature: 0, topP: 1, seed: null, maxTokens: 100, stop: [], topLogprobs: null },
  ...{ presencePenalty: 0, frequencyPenalty: 0 },
};

/** Feeds an answer with logits that leave it one token each. */
function write(tokens: readonly number[], sampling: Partial<Sampling> = {}) {
  const told: GenerationEvent[] = [];
  let prompts = 0;
  const answer = createGeneratedAnswer({
    ...{ choice: 2, seed: 1, sampling: { ...SAMPLING, ...sampling } },
    vocabulary: {
      endTokens: new Set([END]),
      bytesOf: (token) => TOKENS[token]!,
      textOf: (token) => (token === CONTROL ? "<|control|>" : TOKENS[token]!.toString()),
    },
    onPrompt: () => prompts++,
    tell: (events) => told.push(...events),
  });
  const appended = tokens.map((token) =>
    answer.read(Float32Array.from(TOKENS, (_, other) => (other === token ? 50 : 0))),
  );
  return { answer, told, appended, prompts: () => prompts };
}

const textEvent = (text: string, tokens: number) => ({
  ...{ type: "text", choice: 2, text, tokens, logprobs: null },
});
const finished = (reason: string) => ({ type: "finished", choice: 2, reason });

describe("createGeneratedAnswer", () => {
  it("tells text token by token, and that it is finished, but not the token that ends it", () => {
    const { answer, told, appended, prompts } = write([HI, THE, RE, END]);
    expect(told).toEqual([
      ...[textEvent("Hi", 1), textEvent(" the", 1), textEvent("re", 1)],
      finished("stop"),
    ]);
    expect(appended).toEqual([[HI], [THE], [RE], []]);
    expect(answer.tokenCount).toBe(3);
    expect(prompts()).toBe(1);
  });

  it("holds back what is no whole character or no text at all, and counts its tokens with what follows", () => {
    expect(write([HI, EURO_1, EURO_2, CONTROL, THE]).told).toEqual([
      ...[textEvent("Hi", 1), textEvent("€", 2), textEvent(" the", 2)],
    ]);
  });

  it("holds back what could become a stop text, and ends before one", () => {
    expect(write([HI, USER, THE], { stop: ["\nUser:"] }).told).toEqual([
      ...[textEvent("Hi", 1), textEvent("\nUser the", 2)],
    ]);
    expect(write([HI, USER, COLON], { stop: ["\nUser:"] }).told).toEqual([
      ...[textEvent("Hi", 1), finished("stop")],
    ]);
  });

  it.each([
    ["the end of the answer", [HI, USER, END], {}, "stop"],
    ["the last token it may have", [HI, USER], { maxTokens: 2 }, "length"],
  ] as const)("tells what it held back at %s", (_, tokens, more, reason) => {
    const { told, appended } = write(tokens, { stop: ["\nUser:"], ...more });
    expect(told).toEqual([textEvent("Hi", 1), textEvent("\nUser", 1), finished(reason)]);
    expect(appended.at(-1)).toEqual([]);
  });

  it("shows where the last character never became whole", () => {
    expect(write([HI, EURO_1], { maxTokens: 2 }).told).toEqual([
      ...[textEvent("Hi", 1), textEvent("\uFFFD", 1), finished("length")],
    ]);
  });

  it("gives a probability for each token that a text stands for, with the likeliest others", () => {
    const { told } = write([EURO_1, EURO_2], { topLogprobs: 1 });
    const one = (token: string, bytes: number[]) => ({
      ...{ token, bytes, logprob: expect.closeTo(0, 9) },
      top: [{ token, bytes, logprob: expect.closeTo(0, 9) }],
    });
    expect(told).toEqual([
      {
        ...textEvent("€", 2),
        logprobs: [one("\uFFFD", [0xe2]), one("\uFFFD\uFFFD", [0x82, 0xac])],
      },
    ]);
  });

  it("counts its own tokens for penalties", () => {
    const { appended } = write([HI, HI], { frequencyPenalty: 0.5 });
    expect(appended).toEqual([[HI], [HI]]);
    const answer = write([HI], { frequencyPenalty: 2 }).answer;
    const nearly = Float32Array.from(TOKENS, (_, token) => (token === HI ? 1.5 : token === THE ? 1 : 0));
    expect(answer.read(nearly)).toEqual([THE]);
  });
});
