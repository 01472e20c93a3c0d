import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, stepCountIs, streamText, tool, type LanguageModel } from "ai";
import { describe, expect, test } from "@jest/globals";
import type { GenerationEvent } from "../../../src/generation/index.js";
import { FAULTS, finished, text, USAGE, type Script, type Step } from "../../chat/scripted.js";
import { MODEL, openChatDoor, type ChatDoor, type Setup } from "./chat-door.js";

const REFUSAL = "Sorry, I can't help with that.";

type Provider = (door: ChatDoor) => LanguageModel;
const PROVIDERS: readonly (readonly [string, Provider])[] = [
  ["@ai-sdk/openai", ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "key" }).chat(MODEL)],
  [
    "@ai-sdk/openai-compatible",
    ({ url }) =>
      createOpenAICompatible({ name: "portcullis", baseURL: `${url}/v1`, includeUsage: true })(MODEL),
  ],
];

const called = {
  type: "toolCall",
  choice: 0,
  index: 0,
  id: "call_1",
  name: "weather",
  arguments: '{"city":"Paris"}',
};
const CALLS: readonly Step[] = [called as GenerationEvent, finished(0, "tool_calls"), USAGE];
const weather = (asked: string[]) =>
  tool({
    description: "Tells the weather.",
    inputSchema: jsonSchema<{ city: string }>({ type: "object", properties: { city: { type: "string" } } }),
    execute: ({ city }) => {
      asked.push(city);
      return "sunny";
    },
  });

describe.each(PROVIDERS)("the AI SDK with %s", (_name, provide) => {
  const open = async (setup: Setup = {}) => {
    const door = await openChatDoor(setup);
    return { door, model: provide(door) };
  };

  test("generates text", async () => {
    const { model } = await open();
    const result = await generateText({ model, system: "Be brief.", prompt: "Hello" });
    expect(result).toMatchObject({ text: "Hello.", finishReason: "stop" });
    expect(result.usage.totalTokens).toBe(16);
  });

  test("streams text, with its usage", async () => {
    const { model } = await open();
    const result = streamText({ model, prompt: "Hello" });
    let read = "";
    for await (const piece of result.textStream) read += piece;
    expect(read).toBe("Hello.");
    expect(await result.finishReason).toBe("stop");
    expect((await result.usage).outputTokens).toBe(9);
  });

  test("knows a block for what it is, streaming or not", async () => {
    const { model } = await open({ guard: () => "block" });
    const whole = await generateText({ model, prompt: "Hello" });
    expect([whole.text, whole.finishReason]).toEqual([REFUSAL, "content-filter"]);
    const streamed = streamText({ model, prompt: "Hello" });
    expect([await streamed.text, await streamed.finishReason]).toEqual([REFUSAL, "content-filter"]);
  });

  test("does not try again where a block is an error", async () => {
    const { model, door } = await open({ guard: () => "block" });
    const headers = { "x-portcullis-on-block": "error" };
    await expect(generateText({ model, prompt: "Hello", headers })).rejects.toMatchObject({
      statusCode: 400,
      isRetryable: false,
    });
    expect(door.guard.asked).toHaveLength(1);
  });

  test.each([false, true])("calls tools and reads what is made of them, streaming: %s", async (streaming) => {
    const { model, door } = await open({ steps: CALLS });
    const cities: string[] = [];
    const options = {
      model,
      prompt: "Weather?",
      tools: { weather: weather(cities) },
      stopWhen: stepCountIs(2),
    };
    if (streaming) await streamText(options).consumeStream();
    else await generateText(options);
    expect(cities).toEqual(["Paris", "Paris"]);
    expect(door.asked[1]?.input).toMatchObject({
      messages: [
        { role: "user", content: "Weather?" },
        { role: "assistant", toolCalls: [{ name: "weather", arguments: '{"city":"Paris"}' }] },
        { role: "tool", toolCallId: "call_1" },
      ],
    });
  });

  test("hears of a failure in the middle of a stream", async () => {
    const guard: Script = ({ text: said }) => {
      if (said.includes("more")) throw FAULTS.crash;
      return "allow";
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    const { model } = await open({
      guard,
      steps: [text(0, "Hello. "), pause, text(0, "more."), finished(0)],
    });
    const errors: unknown[] = [];
    const parts: string[] = [];
    const result = streamText({ model, prompt: "Hello", onError: ({ error }) => void errors.push(error) });
    for await (const part of result.fullStream) if (part.type === "text-delta") parts.push(part.text);
    expect(parts.join("")).toBe("Hello. ");
    expect(JSON.stringify(errors)).toContain("engine_unavailable");
  });
});
