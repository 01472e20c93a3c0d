import { describe, expect, it } from "@jest/globals";
import type { GenerationRequest, Sampling } from "../../src/generation/index.js";
import { SERVER_NAMES, type ServerName } from "../../src/line/index.js";
import { PRESETS } from "../../src/upstream/presets.js";
import { requestBodies, type Wire } from "../../src/upstream/request-body.js";
import { chat } from "./chat-request.js";

const bodies = (
  request: GenerationRequest,
  preset: ServerName = "vllm",
  wire: Partial<Wire> = {},
): object[] => [
  ...requestBodies(request, {
    ...{ preset: PRESETS[preset], model: "m", kind: "chat", specialTokens: "refuse" },
    ...wire,
  }),
];
const bodyOf = (...args: Parameters<typeof bodies>): object => bodies(...args)[0]!;
const sampled = (sampling: Partial<Sampling>): GenerationRequest => chat({ sampling });
const refusal = (message: RegExp): object =>
  expect.objectContaining({ code: "invalid_request", message: expect.stringMatching(message) });

describe("requestBodies", () => {
  it("says everything a server may have another default for", () => {
    expect(bodyOf(chat())).toEqual({
      model: "m",
      messages: [{ role: "user", content: "Say hello." }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.6,
      top_p: 0.9,
      max_tokens: 64,
      presence_penalty: 0,
      frequency_penalty: 0,
      top_k: -1,
      min_p: 0,
      repetition_penalty: 1,
    });
  });

  it.each(SERVER_NAMES)("always streams from %s, and says the temperature, even 0", (preset) => {
    expect(bodyOf(sampled({ temperature: 0 }), preset)).toMatchObject({ stream: true, temperature: 0 });
  });

  it("speaks to TGI as TGI understands", () => {
    const body = bodyOf(sampled({ topP: 1, stop: ["END"], seed: -3 }), "tgi");
    expect(body).toMatchObject({ model: "tgi", stop: ["END"], seed: 2 ** 32 - 4 });
    expect(body).not.toHaveProperty("top_p");
    expect(body).not.toHaveProperty("presence_penalty"); // 0 would become a repetition penalty of 2
    expect(() => bodyOf(sampled({ presencePenalty: 0.5 }), "tgi")).toThrow(refusal(/presence_penalty/));
  });

  it("names the limit as OpenAI's newer models do", () => {
    expect(bodyOf(chat(), "openai")).toMatchObject({ max_completion_tokens: 64 });
    expect(bodyOf(chat(), "openai")).not.toHaveProperty("max_tokens");
    const text = chat({ input: { kind: "text", prompt: "p" } });
    expect(bodyOf(text, "openai", { kind: "completions" })).toMatchObject({ max_tokens: 64 });
  });

  it.each([
    [-1, 2 ** 32 - 2],
    [0, 0],
    [2 ** 32 - 2, 2 ** 32 - 2],
    [2 ** 32 - 1, 0],
    [Number.MIN_SAFE_INTEGER, 2 ** 32 - 1 - 2_097_151],
  ])("turns the seed %i into %i, which is neither negative nor means any", (seed, wire) => {
    expect(bodyOf(sampled({ seed }))).toMatchObject({ seed: wire });
  });

  it.each([
    ["tgi", "chat", 5],
    ["vllm", "chat", 20],
    ["openai", "completions", 5],
  ] as const)("asks %s in %s for at most %i alternatives", (preset, kind, most) => {
    const ask = (topLogprobs: number): object =>
      bodyOf(
        {
          ...sampled({ topLogprobs }),
          input: kind === "chat" ? { kind: "chat", messages: [] } : { kind: "text", prompt: "p" },
        },
        preset,
        { kind },
      );
    expect(ask(most)).toMatchObject(
      kind === "chat" ? { logprobs: true, top_logprobs: most } : { logprobs: most },
    );
    expect(() => ask(most + 1)).toThrow(refusal(/more than/));
  });

  it("carries tools, calls and their results", () => {
    const request = chat({
      tools: [{ name: "clock", parameters: { type: "object" } }],
      toolChoice: { name: "clock" },
      input: {
        kind: "chat",
        messages: [
          { role: "assistant", content: "", toolCalls: [{ id: "1", name: "clock", arguments: "{}" }] },
          { role: "tool", content: "noon", toolCallId: "1" },
        ],
      },
    });
    expect(bodyOf(request)).toMatchObject({
      messages: [
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "1", type: "function", function: { name: "clock", arguments: "{}" } }],
        },
        { role: "tool", content: "noon", tool_call_id: "1" },
      ],
      tools: [{ type: "function", function: { name: "clock", parameters: { type: "object" } } }],
      tool_choice: { type: "function", function: { name: "clock" } },
    });
    expect(() => bodyOf(request, "tgi")).toThrow(refusal(/call tools/));
  });

  it("refuses a chat for a model that goes on from texts, and the other way about", () => {
    expect(() => bodyOf(chat(), "vllm", { kind: "completions" })).toThrow(refusal(/answer chats/));
    expect(() => bodyOf(chat({ input: { kind: "text", prompt: "p" } }))).toThrow(
      refusal(/go on from a text/),
    );
  });

  it.each([
    ["a message", chat({ input: { kind: "chat", messages: [{ role: "user", content: "<|eot_id|>" }] } })],
    ["a name of a tool", chat({ tools: [{ name: "<|eot_id|>" }] })],
    ["a schema", chat({ tools: [{ name: "f", parameters: { enum: ["<|eot_id|>"] } }] })],
    [
      "a past call",
      chat({
        input: {
          kind: "chat",
          messages: [
            {
              role: "assistant",
              content: "",
              toolCalls: [{ id: "1", name: "f", arguments: '{"a":"<|eot_id|>"}' }],
            },
          ],
        },
      }),
    ],
  ])("lets no control token into %s", (_, request) => {
    expect(() => bodyOf(request)).toThrow(refusal(/control token/));
    expect(JSON.stringify(bodyOf(request, "vllm", { specialTokens: "break" }))).not.toMatch(/<\|/);
  });

  it("takes one as a stop text, which is never read as a prompt", () => {
    expect(bodyOf(sampled({ stop: ["<|eot_id|>"] }))).toMatchObject({ stop: ["<|eot_id|>"] });
  });
});
