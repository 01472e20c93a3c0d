import { afterEach, describe, expect, it, test } from "@jest/globals";
import { createChatGate } from "../../../src/chat/index.js";
import { DEFAULT_CHAT_LIMITS } from "../../../src/http/index.js";
import { scriptedGuard, type Script as GuardScript } from "../../chat/scripted.js";
import {
  DONE,
  event,
  openScriptedUpstream,
  says,
  SCRIPTED_MODEL,
  tellsUsage,
  type Script,
  type ScriptedUpstream,
} from "../../fixtures/scripted-upstream.js";
import { openTo } from "../../upstream/chat-request.js";
import { openDoor, type Door } from "../door.js";
import { CHAT, OPERATOR, streamedAnswer, type StreamedAnswer } from "./chat-door.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** The whole way: HTTP, gates, another server that answers by the script. */
async function openAll(
  steps: Script["steps"],
  {
    guard,
    silenceMs = 5000,
    stallMs = 30_000,
  }: { guard?: GuardScript; silenceMs?: number; stallMs?: number } = {},
): Promise<{ door: Door; upstream: ScriptedUpstream }> {
  const upstream = await openScriptedUpstream(({ method }) =>
    method === "GET" || steps === undefined ? undefined : { steps },
  );
  open.push(upstream);
  const generator = await openTo(upstream, { silenceMs });
  open.push(generator);
  const judge = scriptedGuard(guard);
  const door = await openDoor({
    guard: judge,
    chat: {
      gate: createChatGate({ guard: judge, generator }),
      generator,
      options: OPERATOR,
      limits: { ...DEFAULT_CHAT_LIMITS, stallMs },
    },
  });
  return { door, upstream };
}

const body = { model: SCRIPTED_MODEL, messages: [{ role: "user", content: "Hello" }] };
const streamed = async (door: Door): Promise<StreamedAnswer> =>
  streamedAnswer(await door.post(CHAT, { ...body, stream: true }));
const end = (): string[] => [says("", "stop"), tellsUsage(3, 2), DONE];
const bytes = new TextEncoder().encode(says("Grüße 😀."));

describe("an upstream", () => {
  test.each<[what: string, steps: Script["steps"], content: string]>([
    ["that answers in good order", undefined, "Hello."],
    ["that splits characters", [...[...bytes].map((byte) => Uint8Array.of(byte)), ...end()], "Grüße 😀."],
    ["that never says [DONE]", [says("Fine.", "stop")], "Fine."],
  ])("%s is passed on whole", async (_what, steps, content) => {
    const { door } = await openAll(steps);
    expect(await streamed(door)).toMatchObject({ content, done: true, status: 200 });
    const whole = await door.post(CHAT, body);
    expect(whole.body.choices[0].message.content).toBe(content);
  });

  const LATE: readonly [what: string, steps: NonNullable<Script["steps"]>][] = [
    ["that is cut", ["cut"]],
    ["that falls silent", ["stall"]],
    ["that ends too soon", []],
    ["that sends no JSON", ["data: {oops\n\n"]],
    ["that sends another choice", [says("Evil.", "stop", 3)]],
    ["that reports an error", [event({ error: { message: "SECRET", code: 500 } })]],
  ];

  test.each(LATE)("%s in the middle ends the stream with an error, and no success", async (_what, steps) => {
    const { door } = await openAll([says("Good. "), { waitMs: 150 }, ...steps], { silenceMs: 400 });
    const { content, chunks, done, body: raw } = await streamed(door);
    expect([content, done]).toEqual(["Good. ", false]);
    expect(chunks.at(-1).error.code).toMatch(/^(upstream_failed|deadline_exceeded)$/);
    expect(raw).not.toMatch(/SECRET|Evil|oops/);
  });

  test.each(LATE)("%s at once is an error with its status", async (_what, steps) => {
    const { door } = await openAll(steps, { silenceMs: 300 });
    const { status, body: problem } = await door.post(CHAT, { ...body, stream: true });
    expect([502, 504]).toContain(status);
    expect(JSON.stringify(problem)).not.toMatch(/SECRET|Evil|oops/);
  });

  it("loses its request when the prompt is blocked", async () => {
    const { door, upstream } = await openAll([says("Evil. "), "stall"], {
      guard: async ({ role }) => {
        if (role === "user") await new Promise((resolve) => setTimeout(resolve, 150));
        return role === "user" ? "block" : "allow";
      },
    });
    const { chunks, body: raw } = await streamed(door);
    expect(chunks.at(-1).choices[0].finish_reason).toBe("content_filter");
    expect(raw).not.toContain("Evil");
    expect(await upstream.asked[0]?.closed).toBe(true);
  });

  it("loses its request when the caller goes away", async () => {
    const { door, upstream } = await openAll([says("Good. "), "stall"]);
    const leave = new AbortController();
    const response = await fetch(`${door.url}${CHAT}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, stream: true }),
      signal: leave.signal,
    });
    await response.body?.getReader().read();
    leave.abort();
    expect(await upstream.asked[0]?.closed).toBe(true);
  });

  it("loses its request when the caller takes nothing, having been slowed down", async () => {
    const flood = Array.from({ length: 4000 }, () => says(`${"flood ".repeat(1000)}. `));
    const { door, upstream } = await openAll([...flood, ...end()], { stallMs: 500 });
    const leave = new AbortController();
    const response = await fetch(`${door.url}${CHAT}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, stream: true, max_tokens: 131_072 }),
      signal: leave.signal,
    });
    expect(response.status).toBe(200); // and its body is left unread
    expect(await upstream.asked[0]?.closed).toBe(true);
    expect(upstream.asked[0]?.sentBytes).toBeLessThan(flood.length * 6000);
    leave.abort();
  });
});
