import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { GenerationEvent } from "../../src/generation/index.js";
import { createAnswerReader } from "../../src/upstream/answer-reader.js";
import type { AnswerShape } from "../../src/upstream/choice-reader.js";
import { PRESETS } from "../../src/upstream/presets.js";

const SHAPE: AnswerShape = {
  choices: 1,
  maxTokens: 64,
  topLogprobs: null,
  stops: [],
  tools: false,
  finishReasons: PRESETS.tgi.finishReasons,
};

function read(shape: Partial<AnswerShape>, ...chunks: readonly object[]): GenerationEvent[] {
  const reader = createAnswerReader({ ...SHAPE, ...shape });
  return [...chunks.flatMap((chunk) => reader.read(chunk)), ...reader.end()];
}
const piece = (fields: object): object => ({ choices: [{ index: 0, ...fields }] });
const END = piece({ delta: {}, finish_reason: "stop" });
const failed = (message: RegExp): object =>
  expect.objectContaining({ code: "upstream_failed", message: expect.stringMatching(message) });

describe("probabilities", () => {
  const item = { token: "hi", logprob: -0.5, bytes: [104, 105] };

  it("are read in the shape of chats", () => {
    const logprobs = { content: [{ ...item, top_logprobs: [item, { token: "yo", logprob: -2 }] }] };
    expect(read({ topLogprobs: 2 }, piece({ delta: { content: "hi" }, logprobs }), END)[0]).toEqual({
      type: "text",
      choice: 0,
      text: "hi",
      tokens: 1,
      logprobs: [{ ...item, top: [item, { token: "yo", bytes: null, logprob: -2 }] }],
    });
  });

  it("are read in the shape of completions", () => {
    const logprobs = {
      tokens: ["a", "b"],
      token_logprobs: [-1, 1e-7],
      top_logprobs: [{ a: -1, x: -3, y: -4 }, null],
      text_offset: [0, 1],
    };
    expect(read({ topLogprobs: 2 }, piece({ text: "ab", logprobs }), END)[0]).toMatchObject({
      tokens: 2,
      logprobs: [
        { token: "a", bytes: null, logprob: -1, top: [{ token: "a" }, { token: "x" }] },
        { token: "b", logprob: 0, top: [] },
      ],
    });
  });

  it("of a token that ends inside a character wait for its text", () => {
    const half = { content: [{ token: "\uFFFD", logprob: -1, bytes: [226] }] };
    const events = read(
      { topLogprobs: 0 },
      piece({ delta: { content: "" }, logprobs: half }),
      piece({ delta: { content: "€" }, logprobs: half }),
      END,
    );
    expect(events[0]).toMatchObject({ text: "€", tokens: 2, logprobs: [{ bytes: [226] }, { bytes: [226] }] });
  });

  it.each([
    ["no number", { content: [{ token: "a", logprob: null }] }],
    ["infinite", JSON.parse('{"content":[{"token":"a","logprob":-1e999}]}') as object],
    ["of no token", { content: [{ logprob: -1 }] }],
    ["a text", { token_logprobs: ["-1"] }],
    ["of bytes that are none", { content: [{ token: "a", logprob: -1, bytes: [256] }] }],
  ])("that are %s fail the request", (_, logprobs) => {
    expect(() => read({ topLogprobs: 1 }, piece({ delta: { content: "a" }, logprobs }))).toThrow(
      failed(/no piece of an answer \(at \/choices\/0\/logprobs\)/),
    );
  });

  it("that were asked for and never came fail the request", () => {
    expect(() => read({ topLogprobs: 1 }, piece({ delta: { content: "a" } }), END)).toThrow(
      failed(/probabilities/),
    );
  });
});

describe("tool calls", () => {
  const call = (fields: object): object => piece({ delta: { tool_calls: [fields] } });
  const tools = { tools: true };

  it("come in pieces, the first with id and name", () => {
    expect(
      read(
        tools,
        call({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }),
        call({ index: 0, function: { arguments: '{"x"' } }),
        call({ index: 0, id: "a", function: { arguments: ":1}" } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: "{}" } }),
        piece({ delta: {}, finish_reason: "tool_calls" }),
      ),
    ).toEqual([
      { type: "toolCall", choice: 0, index: 0, id: "a", name: "f", arguments: "" },
      { type: "toolCall", choice: 0, index: 0, arguments: '{"x"' },
      { type: "toolCall", choice: 0, index: 0, arguments: ":1}" },
      { type: "toolCall", choice: 0, index: 1, id: "b", name: "g", arguments: "{}" },
      { type: "finished", choice: 0, reason: "tool_calls" },
    ]);
  });

  it("of a server that gives every call the same index are kept apart by their ids", () => {
    const events = read(
      tools,
      call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
      call({ id: "b", function: { name: "g", arguments: "{}" } }),
      END,
    );
    expect(events.map((event) => event.type === "toolCall" && event.index)).toEqual([0, 1, false]);
  });

  it.each([
    ["no id", { index: 0, function: { name: "f" } }],
    ["no name", { index: 0, id: "a", function: {} }],
    ["an index that is none", { index: 0.5, id: "a", function: { name: "f" } }],
    ["arguments that are no text", { index: 0, id: "a", function: { name: "f", arguments: {} } }],
  ])("with %s fail the request", (_, fields) => {
    expect(() => read(tools, call(fields))).toThrow(failed(/./));
  });

  it("without end fail the request", () => {
    const many = Array.from({ length: 129 }, (_, index) =>
      call({ index, id: String(index), function: { name: "f", arguments: "" } }),
    );
    expect(() => read(tools, ...many)).toThrow(failed(/too many/));
    const long = call({ index: 0, function: { arguments: "x".repeat(20_000) } });
    expect(() => read(tools, many[0]!, long)).toThrow(failed(/more than it was allowed/));
  });
});

describe("an answer", () => {
  it.each([
    ["stop_sequence", "stop"],
    ["eos_token", "stop"],
    ["length", "length"],
    ["content_filter", "content_filter"],
  ])("that ends by %s ends by %s", (said, reason) => {
    expect(
      read({}, piece({ delta: { role: "assistant", content: "a" }, finish_reason: said })).at(-1),
    ).toMatchObject({
      reason,
    });
  });

  it("may be a refusal, which is text to be judged like any other", () => {
    expect(read({}, piece({ delta: { refusal: "I won't." } }), END)[0]).toMatchObject({ text: "I won't." });
  });

  it("keeps the last usage of many", () => {
    const tell = (completion_tokens: number): object => ({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens },
    });
    expect(read({}, tell(1), END, tell(2)).at(-1)).toEqual({
      type: "usage",
      promptTokens: 3,
      completionTokens: 2,
    });
  });

  it("does without a usage that is never told", () => {
    expect(read({}, END)).toEqual([{ type: "finished", choice: 0, reason: "stop" }]);
  });

  it("ends before a stop text that the server writes out, in whatever pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 6 }), (places) => {
        const text = "one EN two \n\nEND three";
        const ends = [...places, text.length].sort((a, b) => a - b);
        const parts = ends.map((end, at) =>
          piece({ delta: { content: text.slice(ends[at - 1] ?? 0, end) } }),
        );
        const texts = read({ stops: ["\n\nEND", "ENDING"] }, ...parts, END).map((event) =>
          event.type === "text" ? event.text : "",
        );
        expect(texts.join("")).toBe("one EN two ");
      }),
    );
  });

  it("keeps what only began like a stop text", () => {
    const events = read(
      { stops: ["END"] },
      piece({ delta: { content: "the E" } }),
      piece({ delta: { content: "N" } }),
      END,
    );
    expect(events.map((event) => event.type === "text" && event.text)).toEqual(["the ", "EN", false]);
  });

  it("is the same text however it is cut, halves of characters included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.array(fc.nat(30)), (text, places) => {
        const ends = [...places, text.length].sort((a, b) => a - b).filter((end) => end <= text.length);
        const parts = ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end));
        const events = read({}, ...parts.map((part) => piece({ delta: { content: part } })), END);
        const texts = events.map((event) => (event.type === "text" ? event.text : ""));
        expect(texts.join("")).toBe(text);
        for (const one of texts) expect(one).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  it("survives anything that JSON can say, by failing as a fault of the server", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const reader = createAnswerReader(SHAPE);
        try {
          for (const value of values) reader.read(value);
        } catch (error) {
          expect(error).toMatchObject({ name: "GuardError" });
        }
      }),
    );
  });
});
