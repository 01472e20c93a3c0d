import fc from "fast-check";
import { beforeAll, afterAll, describe, expect, it } from "@jest/globals";
import { createChatGate } from "../../src/chat/index.js";
import type { GenerationEvent, GenerationRequest } from "../../src/generation/index.js";
import {
  createApp,
  DEFAULT_CHAT_LIMITS,
  listen,
  type ChatServing,
  type HttpServer,
} from "../../src/http/index.js";
import { expectDocumented } from "./documented.js";
import { optionsWith, WordGuard } from "./fakes.js";

/** Mostly what is right: the mistakes worth finding are one step away from it. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });

const text = mostly(
  fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "steal", "\ud800", "\u0000")),
);
const part = mostly(fc.record({ type: mostly(fc.constant("text")), text }));
const content = fc.oneof(text, mostly(fc.array(part, { maxLength: 3 })));
const role = mostly(fc.constantFrom("user", "assistant", "system"));
const messages = mostly(fc.array(mostly(fc.record({ role, content })), { maxLength: 3 }));
const input = fc.oneof(content, fc.array(text, { maxLength: 3 }));
const choices = {
  policy: mostly(fc.constantFrom("llama-guard-2", "none", "__proto__")),
  categories: mostly(fc.uniqueArray(fc.constantFrom("S1", "S2", "S9"))),
  scores: mostly(fc.constantFrom("listed", "independent")),
};
const body = mostly(
  fc.oneof(
    fc.record({ messages, ...choices }, { requiredKeys: ["messages"] }),
    fc.record({ input, ...choices }, { requiredKeys: ["input"] }),
    fc.record({ messages, input, ...choices }, { requiredKeys: [] }),
  ),
);

const anything = fc.constant(null);
const toolCalls = mostly(
  fc.array(
    fc.record({
      id: mostly(fc.string()),
      type: fc.constant("function"),
      function: fc.record({ name: mostly(fc.constant("f")), arguments: text }),
    }),
    { maxLength: 2 },
  ),
);
const chatMessage = mostly(
  fc.record(
    {
      role: mostly(fc.constantFrom("user", "user", "assistant", "system", "developer", "tool")),
      content: fc.oneof(
        content,
        fc.array(fc.record({ type: fc.constantFrom("text", "refusal", "image_url"), text, refusal: text })),
      ),
      refusal: fc.oneof(anything, text),
      tool_calls: fc.oneof(anything, toolCalls),
      tool_call_id: mostly(fc.constant("c")),
    },
    { requiredKeys: ["role", "content"] },
  ),
);
/** One or two fields of many, else nothing would ever be right. */
const fields = fc
  .record(
    {
      n: mostly(fc.constantFrom(1, 4, 5)),
      max_tokens: mostly(fc.nat(200_000)),
      temperature: mostly(fc.double({ min: -1, max: 3, noNaN: true })),
      top_p: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
      seed: mostly(fc.maxSafeInteger()),
      stop: fc.oneof(text, mostly(fc.array(text, { maxLength: 5 }))),
      logprobs: mostly(fc.constantFrom(true, false, 1, null)),
      top_logprobs: mostly(fc.constantFrom(0, 20, 21, null)),
      tools: mostly(fc.constantFrom([], [{ type: "function", function: { name: "f" } }], [{ type: "x" }])),
      tool_choice: mostly(fc.constantFrom("none", "auto", "required", { type: "function" })),
      moderation: mostly(
        fc.constantFrom({ model: "m" }, { model: "m", policy: { input: { mode: "block" } } }),
      ),
      policy: choices.policy,
      stream_options: mostly(fc.constantFrom({ include_usage: true }, {}, null)),
      logit_bias: mostly(fc.constantFrom({}, { 1: 1 })),
    },
    { requiredKeys: [] },
  )
  .chain((all) =>
    fc
      .subarray(Object.entries(all), { maxLength: Math.min(2, Object.keys(all).length) })
      .map((some) => Object.fromEntries(some)),
  );
const model = fc.oneof({ weight: 20, arbitrary: fc.constant("writer") }, { weight: 1, arbitrary: text });
const chatBody = mostly(
  fc
    .tuple(
      fc.record({
        model,
        messages: mostly(fc.array(chatMessage, { minLength: 1, maxLength: 3 })),
        stream: fc.boolean(),
      }),
      fields,
    )
    .map(([base, extra]) => ({ ...base, ...extra })),
);
const completionBody = mostly(
  fc
    .tuple(
      fc.record({ model, prompt: fc.oneof(text, fc.array(text, { maxLength: 2 })), stream: fc.boolean() }),
      fields,
    )
    .map(([base, extra]) => ({ ...base, ...extra })),
);

/** Says the same in every choice. */
async function* greet({ choices: wanted }: GenerationRequest): AsyncGenerator<GenerationEvent> {
  for (let choice = 0; choice < wanted; choice++) {
    yield { type: "text", choice, text: "Hello.", tokens: 1, logprobs: null };
    yield { type: "finished", choice, reason: "stop" };
  }
}

describe("whatever is sent", () => {
  let server: HttpServer;
  beforeAll(async () => {
    const guard = new WordGuard();
    const chat: ChatServing = {
      gate: createChatGate({ guard, generator: { generate: greet } }),
      generator: { info: { modelId: "writer", notice: null, contextTokens: null, tools: true } },
      options: {
        before: "parallel",
        stream: { maxUnjudgedTokens: 0, checkTokens: 32 },
        failOpen: { input: false, output: false },
        checkDeadlineMs: 5000,
      },
      limits: DEFAULT_CHAT_LIMITS,
    };
    server = await listen(createApp(optionsWith({ guard, chat })), { host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close(0));

  /** Also holds the answer against the contract, which lists every code. */
  async function statusOf(path: string, sent: string | Uint8Array): Promise<number> {
    const response = await fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: sent,
    });
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const received: unknown = isJson ? await response.json() : await response.text();
    const answer = { status: response.status, headers: response.headers, body: received };
    expectDocumented("POST", path, answer);
    return response.status;
  }

  it.each([
    ["/moderate", body, [200, 400, 404]],
    ["/v1/moderations", body, [200, 400]],
    ["/v1/chat/completions", chatBody, [200, 400, 404]],
    ["/v1/completions", completionBody, [200, 400, 404]],
  ])(
    "as JSON to %s is judged or refused, never failed on",
    async (path, bodies, allowed) => {
      const seen = new Set<number>();
      await fc.assert(
        fc.asyncProperty(bodies as fc.Arbitrary<unknown>, async (value) => {
          const status = await statusOf(path, JSON.stringify(value));
          seen.add(status);
          expect(allowed).toContain(status);
        }),
        { numRuns: 250 },
      );
      expect([...seen].sort()).toEqual(allowed); // the net is wide enough to catch each
    },
    120_000,
  );

  it("as bytes is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        expect(await statusOf("/moderate", bytes)).toBe(400);
      }),
      { numRuns: 100 },
    );
  });
});
