import { describe, expect, it } from "@jest/globals";
import OpenAI from "openai";
import { ContentFilterFinishReasonError } from "openai/core/error";
import type { ChatCompletionChunk, ChatCompletionTool } from "openai/resources/chat/completions";
import type { GenerationEvent } from "../../../src/generation/index.js";
import { FAULTS, finished, text, USAGE, type Step } from "../../chat/scripted.js";
import { MODEL, openChatDoor, type ChatDoor, type Setup } from "./chat-door.js";

const REFUSAL = "Sorry, I can't help with that.";
const messages = [{ role: "user" as const, content: "Hello" }];
const question = { model: MODEL, messages };
const WEATHER: ChatCompletionTool = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const called = {
  type: "toolCall",
  choice: 0,
  index: 0,
  id: "call_1",
  name: "weather",
  arguments: '{"city":"Paris"}',
};
const CALLS: readonly Step[] = [called as GenerationEvent, finished(0, "tool_calls"), USAGE];

async function open(setup: Setup = {}): Promise<{ client: OpenAI; door: ChatDoor }> {
  const door = await openChatDoor(setup);
  return { door, client: new OpenAI({ baseURL: `${door.url}/v1`, apiKey: "key" }) };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("the official OpenAI client", () => {
  it("creates a chat completion", async () => {
    const { client } = await open();
    const completion = await client.chat.completions.create(question);
    expect(completion.choices[0]?.message.content).toBe("Hello.");
    expect(completion.usage?.total_tokens).toBe(16);
    expect(completion._request_id).toMatch(/^req-/);
  });

  it("reads a stream to its usage", async () => {
    const { client } = await open();
    const stream = await client.chat.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("Hello.");
    expect(chunks.at(-1)?.usage?.total_tokens).toBe(16);
  });

  it("puts a stream together by its helper, for a block too", async () => {
    const passed = await (await open()).client.chat.completions.stream(question).finalChatCompletion();
    expect(passed.choices[0]).toMatchObject({ message: { content: "Hello." }, finish_reason: "stop" });
    const blocking = await open({ guard: () => "block" });
    const blocked = await blocking.client.chat.completions.stream(question).finalChatCompletion();
    expect(blocked.choices[0]).toMatchObject({
      message: { role: "assistant", refusal: REFUSAL },
      finish_reason: "content_filter",
    });
  });

  it("runs tools, and the answer after them", async () => {
    const { client, door } = await open({ steps: CALLS });
    const cities: string[] = [];
    const runner = client.chat.completions.runTools(
      {
        ...question,
        tools: [
          {
            type: "function",
            function: {
              name: "weather",
              description: "Tells the weather.",
              parameters: { type: "object" },
              parse: (json: string) => JSON.parse(json) as { city: string },
              function: ({ city }: { city: string }) => {
                cities.push(city);
                return "sunny";
              },
            },
          },
        ],
      },
      { maxChatCompletions: 2 },
    );
    await runner.done();
    expect(cities[0]).toBe("Paris");
    expect(door.asked[1]?.input).toMatchObject({
      messages: [
        { role: "user" },
        { role: "assistant", toolCalls: [{ id: "call_1", name: "weather" }] },
        { role: "tool", content: "sunny", toolCallId: "call_1" },
      ],
    });
    expect(door.guard.asked.at(-1)?.conversation.length).toBeGreaterThan(1);
  });

  it("streams tool calls", async () => {
    const { client } = await open({ steps: CALLS });
    const final = await client.chat.completions.stream({ ...question, tools: [WEATHER] }).finalMessage();
    expect(final.tool_calls?.[0]).toMatchObject({
      id: "call_1",
      function: { name: "weather", arguments: '{"city":"Paris"}' },
    });
  });

  it("tells a blocked answer from a broken one where answers are parsed", async () => {
    const { client } = await open({ guard: () => "block" });
    await expect(
      client.chat.completions.parse({ ...question, response_format: { type: "text" } }),
    ).rejects.toBeInstanceOf(ContentFilterFinishReasonError);
  });

  it("throws at a block where it asked for errors, and does not try again", async () => {
    const { client, door } = await open({ guard: () => "block" });
    const headers = { "x-portcullis-on-block": "error" };
    for (const stream of [false, true]) {
      const before = door.guard.asked.length;
      const error: unknown = await client.chat.completions.create({ ...question, stream }, { headers }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(error).toMatchObject({
        code: "content_policy_violation",
        message: expect.stringContaining(REFUSAL),
      });
      expect(door.guard.asked.length - before).toBe(1);
    }
  });

  it("throws when a stream fails in the middle, with the code of the failure", async () => {
    const guard: Setup["guard"] = ({ text: said }) => {
      if (said.includes("more")) throw FAULTS.crash;
      return "allow";
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    const { client } = await open({
      guard,
      steps: [text(0, "Hello. "), pause, text(0, "more."), finished(0)],
    });
    const read: string[] = [];
    const reading = (async () => {
      const stream = await client.chat.completions.create({ ...question, stream: true });
      for await (const { choices } of stream) read.push(choices[0]?.delta.content ?? "");
    })();
    await expect(reading).rejects.toMatchObject({ code: "engine_unavailable" });
    expect(read.join("")).toBe("Hello. ");
  });

  it("aborts, and the generation with it", async () => {
    const { client, door } = await open({ steps: [text(0, "Hello."), "hang"] });
    const stream = await client.chat.completions.create({ ...question, stream: true });
    for await (const { choices } of stream) if (choices[0]?.delta.content === "Hello.") break;
    stream.controller.abort();
    await until(() => door.seen.aborted);
    expect(door.seen.aborted).toBe(true);
  });

  it("goes on with texts, and lists both models", async () => {
    const { client } = await open();
    const completion = await client.completions.create({ model: MODEL, prompt: "Once" });
    expect(completion.choices[0]?.text).toBe("Hello.");
    let streamed = "";
    for await (const { choices } of await client.completions.create({
      model: MODEL,
      prompt: "x",
      stream: true,
    }))
      streamed += choices[0]?.text ?? "";
    expect(streamed).toBe("Hello.");
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toContain(MODEL);
  });

  it("understands results of moderation by their types", async () => {
    const { client } = await open();
    const { moderation } = await client.chat.completions.create({
      ...question,
      moderation: { model: "any" },
    });
    expect(moderation?.input.type).toBe("moderation_results");
    if (moderation?.output.type !== "moderation_results") throw new Error("no results");
    expect(moderation.output.results[0]?.flagged).toBe(false);
  });
});
