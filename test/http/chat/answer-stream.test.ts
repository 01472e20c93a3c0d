import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../../src/base/index.js";
import type { Failure } from "../../../src/http/index.js";
import { finished, text, USAGE, type Step } from "../../chat/scripted.js";
import { ask, COMPLETIONS, MODEL, openChatDoor } from "./chat-door.js";

describe("a stream", () => {
  it("has the framing that OpenAI's clients read, letter for letter", async () => {
    const { stream } = await openChatDoor();
    const { body, chunks, headers } = await stream(ask());
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(headers.get("x-accel-buffering")).toBe("no");
    expect(headers.get("content-encoding")).toBeNull();
    expect(headers.get("x-portcullis-verdict")).toBeNull();

    const { id, created, portcullis } = chunks.at(-1);
    const shared = `"id":"${id}","object":"chat.completion.chunk","created":${String(created)},"model":"${MODEL}"`;
    const choice = (delta: string, finish = "null") =>
      `"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]`;
    expect(body).toBe(
      [
        `data: {${shared},${choice('{"role":"assistant","content":""}')}}\n\n`,
        `data: {${shared},${choice('{"content":"Hel"}')}}\n\n`,
        `data: {${shared},${choice('{"content":"lo."}')}}\n\n`,
        `data: {${shared},${choice("{}", '"stop"')},"portcullis":${JSON.stringify(portcullis)}}\n\n`,
        `data: [DONE]\n\n`,
      ].join(""),
    );
    expect(portcullis).toMatchObject({ input: { verdict: "safe" }, output: [{ verdict: "safe" }] });
  });

  it("has the usage on a chunk of its own where it was asked for, and null on the others", async () => {
    const { stream } = await openChatDoor();
    const { chunks } = await stream(ask({ stream_options: { include_usage: true } }));
    const usages = chunks.map(({ usage }: { usage: unknown }) => usage);
    expect(usages).toEqual([
      null,
      null,
      null,
      null,
      { prompt_tokens: 7, completion_tokens: 9, total_tokens: 16 },
    ]);
    expect(chunks.at(-1).choices).toEqual([]);
  });

  it("never has a chunk without a choice that nobody asked for", async () => {
    const { stream } = await openChatDoor();
    const { chunks } = await stream(ask());
    for (const chunk of chunks) expect(chunk.choices).toHaveLength(1);
  });

  it("gives every choice a role and a reason, however they come", async () => {
    const steps = [text(1, "B."), text(0, "A."), finished(0), text(1, " C."), finished(1, "length"), USAGE];
    const { stream } = await openChatDoor({ steps });
    const { chunks, done } = await stream(ask({ n: 2 }));
    for (const index of [0, 1]) {
      const own = chunks.flatMap(({ choices }: { choices: { index: number; delta: object }[] }) =>
        choices.filter((choice) => choice.index === index),
      );
      expect(own[0]?.delta).toEqual({ role: "assistant", content: "" });
      expect(own.at(-1)).toMatchObject({ delta: {}, finish_reason: index === 0 ? "stop" : "length" });
    }
    expect(chunks.filter((chunk: object) => "portcullis" in chunk)).toHaveLength(1);
    expect(done).toBe(true);
  });

  it("lets tool calls leave whole, after the text", async () => {
    const piece = (fields: object) => ({ type: "toolCall", choice: 0, index: 0, ...fields }) as never;
    const steps = [
      text(0, "One moment."),
      piece({ id: "call_1", name: "weather", arguments: '{"ci' }),
      piece({ arguments: 'ty":"Paris"}' }),
      finished(0, "tool_calls"),
    ];
    const { stream } = await openChatDoor({ steps });
    const tools = [{ type: "function", function: { name: "weather" } }];
    const { chunks } = await stream(ask({ tools }));
    const deltas = chunks.map(({ choices }: { choices: [{ delta: object }] }) => choices[0].delta);
    expect(deltas.slice(1)).toEqual([
      { content: "One moment." },
      {
        tool_calls: [
          {
            index: 0,
            id: "call_1",
            type: "function",
            function: { name: "weather", arguments: '{"city":"Paris"}' },
          },
        ],
      },
      {},
    ]);
    expect(chunks.at(-1).choices[0].finish_reason).toBe("tool_calls");
  });

  it("of a text that goes on has text completions, and counts characters from its start", async () => {
    const said = (word: string) =>
      ({
        ...(text(0, word) as object),
        logprobs: [{ token: word, bytes: null, logprob: -1, top: [] }],
      }) as never;
    const { stream } = await openChatDoor({ steps: [said("😀a"), said("b."), finished(0), USAGE] });
    const prompt = { model: MODEL, prompt: "x", logprobs: 0 };
    const { chunks, content, done } = await stream(prompt, {}, COMPLETIONS);
    expect([content, done]).toEqual(["😀ab.", true]);
    const offsets = chunks.map(
      ({ choices }: { choices: [{ logprobs: { text_offset: number[] } | null }] }) =>
        choices[0].logprobs?.text_offset,
    );
    expect(offsets).toEqual([[0], [2], undefined]);
    expect(chunks.at(-1)).toMatchObject({
      object: "text_completion",
      choices: [{ text: "", finish_reason: "stop" }],
      portcullis: { output: [{ verdict: "safe" }] },
    });
  });

  it("that fails before anything left is an error with its status", async () => {
    const { post } = await openChatDoor({ steps: [new GuardError("upstream_failed", "it broke")] });
    const { status, body } = await post("/v1/chat/completions", ask({ stream: true }));
    expect([status, body.error.code]).toEqual([502, "upstream_failed"]);
  });

  const lateFailure: readonly Step[] = [
    text(0, "Hello."),
    text(0, " A"),
    finishLater,
    new TypeError("SECRET"),
  ];

  it("that fails later ends with one error, without the [DONE] of a success, and is logged", async () => {
    const failures: Failure[] = [];
    const http = { onFailure: (failure: Failure) => failures.push(failure) };
    const { stream } = await openChatDoor({ steps: lateFailure, http });
    const { status, chunks, done, body } = await stream(ask());
    expect([status, done]).toEqual([200, false]);
    expect(chunks.at(-1)).toEqual({
      error: {
        message: "something went wrong in this server",
        type: "server_error",
        param: null,
        code: "internal",
      },
    });
    expect(chunks.slice(0, -1).every((chunk: object) => !("error" in chunk))).toBe(true);
    expect(body).not.toContain("SECRET");
    expect(failures).toMatchObject([{ code: "internal", status: 500 }]);
  });

  it("tells of a deadline that passes in the middle", async () => {
    const { stream } = await openChatDoor({
      steps: [text(0, "Hello."), "hang"],
      limits: { deadlineMs: 400 },
    });
    const { chunks, done } = await stream(ask());
    expect(chunks.at(-1).error).toMatchObject({ code: "deadline_exceeded" });
    expect(done).toBe(false);
  });
});

/** Lets what was said be judged and sent before the next thing happens. */
function finishLater(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
