import { beforeAll, describe, expect, it, test } from "@jest/globals";
import { CHAT_ENDPOINT } from "../../../src/http/chat/chat-endpoint.js";
import { COMPLETION_ENDPOINT } from "../../../src/http/chat/completion-endpoint.js";
import type { GenerationRequest, GeneratorInfo } from "../../../src/generation/index.js";
import { POLICY } from "../fakes.js";
import { ask, INFO, MODEL } from "./chat-door.js";

const read = (fields: object, info: GeneratorInfo = INFO): GenerationRequest =>
  CHAT_ENDPOINT.read(CHAT_ENDPOINT.parse(ask(fields)), info, POLICY).generation;
const goOn = (fields: object): GenerationRequest =>
  COMPLETION_ENDPOINT.read(COMPLETION_ENDPOINT.parse({ model: MODEL, prompt: "x", ...fields }), INFO, POLICY)
    .generation;
const messages = (...all: object[]): object => ({ messages: all });
const user = { role: "user", content: "Hello" };
const tool = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const call = { id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } };

describe("a chat that says little", () => {
  it("is sampled as OpenAI samples, for at most 1,024 tokens", () => {
    expect(read({})).toEqual({
      input: { kind: "chat", messages: [user] },
      choices: 1,
      sampling: {
        temperature: 1,
        topP: 1,
        seed: null,
        maxTokens: 1024,
        stop: [],
        presencePenalty: 0,
        frequencyPenalty: 0,
        topLogprobs: null,
      },
    });
  });

  it("gets half of a short context", () => {
    expect(read({}, { ...INFO, contextTokens: 512 }).sampling.maxTokens).toBe(256);
    expect(read({}, { ...INFO, contextTokens: null }).sampling.maxTokens).toBe(1024);
  });

  it("may say null for everything it leaves out", () => {
    const nothing = Object.fromEntries(
      [
        ...["moderation", "stream", "stream_options", "n", "max_completion_tokens", "max_tokens"],
        ...["temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty", "logit_bias"],
        ...["logprobs", "top_logprobs", "tools", "tool_choice", "parallel_tool_calls", "functions"],
        ...["function_call", "response_format", "modalities", "audio", "web_search_options"],
      ].map((name) => [name, null]),
    );
    expect(read(nothing)).toEqual(read({}));
  });
});

describe("every field of a chat", () => {
  test.each<[fields: object, expected: object]>([
    [
      { temperature: 0, top_p: 0.5, seed: -3 },
      { temperature: 0, topP: 0.5, seed: -3 },
    ],
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 6 }, { maxTokens: 6 }],
    [{ stop: "END" }, { stop: ["END"] }],
    [{ stop: ["a", "b", "c", "d"] }, { stop: ["a", "b", "c", "d"] }],
    [
      { presence_penalty: -2, frequency_penalty: 2 },
      { presencePenalty: -2, frequencyPenalty: 2 },
    ],
    [{ logprobs: true }, { topLogprobs: 0 }],
    [{ logprobs: true, top_logprobs: 20 }, { topLogprobs: 20 }],
    [{ logprobs: false }, { topLogprobs: null }],
  ])("is honoured: %j", (fields, expected) => {
    expect(read(fields).sampling).toMatchObject(expected);
  });

  test.each<[fields: object]>([
    [{ user: "u", safety_identifier: "s", metadata: { a: "b" }, store: true, service_tier: "auto" }],
    [{ prompt_cache_key: "k", prompt_cache_retention: "24h", reasoning_effort: "low", verbosity: "low" }],
    [{ prediction: { type: "content", content: "x" }, top_k: 5, nobody_knows: [[{}]] }],
    [{ stream_options: { include_usage: true, include_obfuscation: false } }],
    [{ tools: [], tool_choice: "none", parallel_tool_calls: false, functions: [], logit_bias: {} }],
    [{ response_format: { type: "text" }, modalities: ["text"], function_call: "none" }],
  ])("is ignored on purpose: %j", (fields) => {
    expect(read(fields)).toEqual(read({}));
  });

  test.each<[fields: object, param: string]>([
    [{ messages: undefined }, "/messages"],
    [{ model: undefined }, "/model"],
    [{ n: 5 }, "/n"],
    [{ n: 0 }, "/n"],
    [{ temperature: 2.1 }, "/temperature"],
    [{ top_p: 0 }, "/top_p"],
    [{ max_tokens: 0 }, "/max_tokens"],
    [{ max_completion_tokens: 131_073 }, "/max_completion_tokens"],
    [{ seed: 1.5 }, "/seed"],
    [{ stop: ["a", "b", "c", "d", "e"] }, "/stop"],
    [{ stop: "" }, "/stop"],
    [{ stop: ["a", ""] }, "/stop/1"],
    [{ presence_penalty: 2.5 }, "/presence_penalty"],
    [{ logit_bias: { 5: 100 } }, "/logit_bias"],
    [{ top_logprobs: 2 }, "/top_logprobs"],
    [{ logprobs: true, top_logprobs: 21 }, "/top_logprobs"],
    [{ functions: [{ name: "f" }] }, "/functions"],
    [{ function_call: "auto" }, "/function_call"],
    [{ function_call: { name: "f" } }, "/function_call"],
    [{ response_format: { type: "json_object" } }, "/response_format/type"],
    [{ modalities: ["text", "audio"] }, "/modalities/1"],
    [{ audio: { voice: "alloy" } }, "/audio"],
    [{ web_search_options: {} }, "/web_search_options"],
    [{ tools: [{ type: "custom", custom: { name: "x" } }] }, "/tools/0/type"],
    [{ tools: [{ type: "function", function: { name: "a b" } }] }, "/tools/0/function/name"],
    [{ tools: [{ type: "function", function: { name: "a", strict: true } }] }, "/tools/0/function/strict"],
    [{ tools: [tool], parallel_tool_calls: false }, "/parallel_tool_calls"],
    [{ tools: [tool], tool_choice: "any" }, "/tool_choice"],
    [
      { tools: [tool], tool_choice: { type: "function", function: { name: "other" } } },
      "/tool_choice/function/name",
    ],
    [{ tool_choice: "required" }, "/tool_choice"],
    [{ moderation: {} }, "/moderation/model"],
    [{ moderation: { model: "m", policy: { input: { mode: "off" } } } }, "/moderation/policy/input/mode"],
  ])("that cannot be honoured is refused: %j", (fields, param) => {
    expect(() => read(fields)).toThrow(expect.objectContaining({ code: "invalid_request", pointer: param }));
  });

  it("about tools goes to a model that has them, and to no other", () => {
    const chosen = { type: "function", function: { name: "weather" } };
    expect(read({ tools: [tool], tool_choice: chosen })).toMatchObject({
      tools: [{ name: "weather", parameters: { type: "object" } }],
      toolChoice: { name: "weather" },
    });
    expect(read({ tools: [tool], tool_choice: "required" }).toolChoice).toBe("required");
    const without = { ...INFO, tools: false };
    expect(() => read({ tools: [tool] }, without)).toThrow(expect.objectContaining({ pointer: "/tools" }));
    expect(read({ tools: [tool], tool_choice: "none" }, without)).toEqual(read({}));
    const spoken = messages(user, { role: "assistant", content: null, tool_calls: [call] });
    expect(() => read(spoken, without)).toThrow(expect.objectContaining({ pointer: "/messages/1" }));
  });
});

describe("messages", () => {
  it("become what the model reads, one for one", () => {
    const { input } = read(
      messages(
        {
          role: "developer",
          content: [
            { type: "text", text: "Be" },
            { type: "text", text: "kind." },
          ],
        },
        { role: "user", content: "Weather?", name: "ann" },
        { role: "assistant", content: "", tool_calls: [call], refusal: null, annotations: [] },
        { role: "tool", tool_call_id: "call_1", content: "" },
        { role: "assistant", content: [{ type: "refusal", refusal: "No." }], refusal: "Really." },
        { role: "assistant", refusal: "No." },
        { role: "user", content: "Why?" },
      ),
    );
    expect(input).toEqual({
      kind: "chat",
      messages: [
        { role: "system", content: "Be\nkind." },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "",
          toolCalls: [{ id: "call_1", name: "weather", arguments: "{}" }],
        },
        { role: "tool", content: "", toolCallId: "call_1" },
        { role: "assistant", content: "No.\nReally." },
        { role: "assistant", content: "No." },
        { role: "user", content: "Why?" },
      ],
    });
  });

  test.each<[what: string, message: object, param: string]>([
    ["function messages", { role: "function", name: "f", content: "x" }, "/messages/0/role"],
    ["a user who says nothing", { role: "user", content: "" }, "/messages/0/content"],
    ["a user without content", { role: "user" }, "/messages/0/content"],
    ["a system that is null", { role: "system", content: null }, "/messages/0/content"],
    ["an assistant that is null", { role: "assistant", content: null }, "/messages/0/content"],
    ["a tool without a call", { role: "tool", content: "x" }, "/messages/0/tool_call_id"],
    ["calls by a user", { ...user, tool_calls: [call] }, "/messages/0/tool_calls"],
    [
      "an old call",
      { role: "assistant", content: "", function_call: { name: "f" } },
      "/messages/0/function_call",
    ],
    ["heard words", { role: "assistant", content: "", audio: { id: "a" } }, "/messages/0/audio"],
    ["half a character", { role: "user", content: "\ud800" }, "/messages/0/content"],
    [
      "half a character in a call",
      { role: "assistant", tool_calls: [{ ...call, id: "\ud800" }] },
      "/messages/0/tool_calls/0/id",
    ],
    ["a part without a text", { role: "user", content: [{ type: "text" }] }, "/messages/0/content/0/text"],
    ["a file", { role: "user", content: [{ type: "file", file: {} }] }, "/messages/0/content/0/type"],
    ["a sound", { role: "user", content: [{ type: "input_audio" }] }, "/messages/0/content/0/type"],
    [
      "a refusal by a user",
      { role: "user", content: [{ type: "refusal", refusal: "x" }] },
      "/messages/0/content/0/type",
    ],
    [
      "an image among a system's words",
      { role: "system", content: [{ type: "image_url" }] },
      "/messages/0/content/0/type",
    ],
  ])("cannot be %s", (_what, message, param) => {
    expect(() => read(messages(message))).toThrow(
      expect.objectContaining({ code: "invalid_request", pointer: param }),
    );
  });
});

describe("every field of a text that goes on", () => {
  let plain: GenerationRequest;
  beforeAll(() => {
    plain = goOn({});
  });

  it("is honoured or ignored on purpose", () => {
    expect(goOn({ logprobs: 3, stop: "x", n: 2 })).toMatchObject({
      choices: 2,
      sampling: { topLogprobs: 3, stop: ["x"] },
    });
    expect(goOn({ prompt: ["x"], echo: false, suffix: null, best_of: 1, logprobs: null, user: "u" })).toEqual(
      plain,
    );
  });

  test.each<[fields: object, param: string]>([
    [{ prompt: undefined }, "/prompt"],
    [{ prompt: null }, "/prompt"],
    [{ prompt: "" }, "/prompt"],
    [{ prompt: ["a", "b"] }, "/prompt"],
    [{ prompt: [1, 2] }, "/prompt"],
    [{ prompt: [[1]] }, "/prompt/0"],
    [{ echo: true }, "/echo"],
    [{ suffix: "x" }, "/suffix"],
    [{ best_of: 2 }, "/best_of"],
    [{ logprobs: true }, "/logprobs"],
    [{ logprobs: 21 }, "/logprobs"],
  ])("that cannot be honoured is refused: %j", (fields, param) => {
    expect(() => goOn(fields)).toThrow(expect.objectContaining({ code: "invalid_request", pointer: param }));
  });
});
