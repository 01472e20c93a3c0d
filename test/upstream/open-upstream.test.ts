import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { GenerationEvent } from "../../src/generation/index.js";
import type { UpstreamOptions } from "../../src/upstream/index.js";
import {
  answers,
  DONE,
  event,
  json,
  openScriptedUpstream,
  says,
  SCRIPTED_MODEL,
  tellsUsage,
  type Script,
  type ScriptedUpstream,
  type UpstreamRequest,
} from "../fixtures/scripted-upstream.js";
import { chat, collect, openTo, textOf } from "./chat-request.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** A server that answers by the script, and a generator that speaks to it. */
async function start(
  script: Script | ((nth: number, request: UpstreamRequest) => Script | undefined),
  options: Partial<UpstreamOptions> = {},
) {
  const upstream = await openScriptedUpstream((request, nth) =>
    request.method === "GET" ? undefined : typeof script === "function" ? script(nth, request) : script,
  );
  open.push(upstream);
  const generator = await openTo(upstream, options);
  open.push(generator);
  return { upstream, generator };
}

const steps = (...all: NonNullable<Script["steps"]>): Script => ({ steps: all });
const failure = (code: string, message: RegExp = /./) => ({
  code,
  message: expect.stringMatching(message),
});

describe("an answer", () => {
  it("comes as it grows, and ends with its reason and the usage", async () => {
    const { generator } = await start(answers("Hel", "lo"));
    expect(await collect(generator.generate(chat()))).toEqual([
      { type: "text", choice: 0, text: "Hel", tokens: 1, logprobs: null },
      { type: "text", choice: 0, text: "lo", tokens: 1, logprobs: null },
      { type: "finished", choice: 0, reason: "stop" },
      { type: "usage", promptTokens: 9, completionTokens: 2 },
    ]);
  });

  it("reaches the reader before the server has written the rest", async () => {
    let goOn = (): void => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    const { generator } = await start(steps(says("a"), { until }, says("b", "stop"), DONE));
    const events = generator.generate(chat())[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ text: "a" });
    goOn();
    expect((await events.next()).value).toMatchObject({ text: "b" });
    await events.return?.();
  });

  it("may lack [DONE] where the server ends in good order", async () => {
    const { generator } = await start(steps(says("hi", "length")));
    expect((await collect(generator.generate(chat()))).at(-1)).toMatchObject({ reason: "length" });
  });

  it("may be a whole one although a stream was asked for", async () => {
    const whole = {
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    };
    const { generator } = await start(json(whole));
    expect(await collect(generator.generate(chat()))).toEqual([
      { type: "text", choice: 0, text: "hi", tokens: 1, logprobs: null },
      { type: "finished", choice: 0, reason: "stop" },
      { type: "usage", promptTokens: 3, completionTokens: 1 },
    ]);
  });

  it("may be compressed although that was declined", async () => {
    const { generator, upstream } = await start({
      headers: { "content-encoding": "gzip" },
      steps: [gzipSync(says("hi", "stop") + DONE)],
    });
    expect(textOf(await collect(generator.generate(chat())))).toBe("hi");
    expect(upstream.asked[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("of a model that goes on from a text comes in completions' shape", async () => {
    const part = (text: string, finish_reason: string | null) =>
      event({ object: "text_completion", choices: [{ index: 0, text, finish_reason }] });
    const { generator, upstream } = await start(steps(part(" time", null), part("", "stop"), DONE), {
      kind: "completions",
    });
    const request = chat({ input: { kind: "text", prompt: "Once upon a" } });
    expect(textOf(await collect(generator.generate(request)))).toBe(" time");
    expect(upstream.asked[0]).toMatchObject({ path: "/v1/completions", body: { prompt: "Once upon a" } });
  });

  it("leaves its connection to the next ones", async () => {
    const { generator, upstream } = await start(steps(says("hi", "stop"), DONE, { waitMs: 20 }));
    for (let i = 0; i < 6; i++) await collect(generator.generate(chat()));
    expect(new Set(upstream.asked.map(({ port }) => port)).size).toBeLessThan(6); // how many the pool opens is its own affair
  });

  it("is whole although the server neither ends nor goes on after [DONE]", async () => {
    const { generator, upstream } = await start(steps(says("hi", "stop"), DONE, "stall"));
    expect(textOf(await collect(generator.generate(chat())))).toBe("hi");
    expect(await upstream.asked[0]?.closed).toBe(true);
  });
});

describe("several answers", () => {
  it("come from one request where the server can", async () => {
    const { generator, upstream } = await start(
      steps(says("a"), says("b", null, 1), says("", "stop", 1), says("A", "stop"), tellsUsage(5, 3), DONE),
    );
    const events = await collect(generator.generate(chat({ choices: 2 })));
    expect([textOf(events, 0), textOf(events, 1)]).toEqual(["aA", "b"]);
    expect(upstream.asked.map(({ body }) => body?.["n"])).toEqual([2]);
  });

  it("come from a request each where it cannot, with seeds and usage of their own", async () => {
    const { generator, upstream } = await start((nth) => answers(`answer ${String(nth)}`), {
      preset: "ollama",
    });
    const events = await collect(generator.generate(chat({ choices: 3, sampling: { seed: 7 } })));
    expect([0, 1, 2].map((choice) => textOf(events, choice)).sort()).toEqual([
      "answer 0",
      "answer 1",
      "answer 2",
    ]);
    expect(events.filter(({ type }) => type === "finished")).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: "usage", promptTokens: 9, completionTokens: 3 });
    expect(upstream.asked.map(({ body }) => body?.["seed"]).sort()).toEqual([7, 8, 9]);
    expect(upstream.asked.some(({ body }) => body !== null && "n" in body)).toBe(false);
  });

  it("all end when one of them fails", async () => {
    const { generator, upstream } = await start(
      (nth) =>
        nth === 0 ? steps({ waitMs: 50 }, event({ error: { message: "no" } })) : steps(says("a"), "stall"),
      { preset: "tgi", silenceMs: 60_000, deadlineMs: 60_000 },
    );
    await expect(collect(generator.generate(chat({ choices: 2 })))).rejects.toMatchObject({
      code: "upstream_failed",
    });
    expect(await upstream.asked[1]?.closed).toBe(true);
  });
});

describe("a server that does not keep to the protocol", () => {
  const junk: [string, Script, string, RegExp][] = [
    ["ends before the answer does", steps(says("a")), "upstream_failed", /ended before/],
    ["says [DONE] before the answer's end", steps(says("a"), DONE), "upstream_failed", /ended before/],
    ["resets the connection", steps(says("a"), "cut"), "upstream_failed", /ECONNRESET|UND_ERR_SOCKET/],
    [
      "resets the connection after the last word",
      steps(says("a", "stop"), "cut"),
      "upstream_failed",
      /ECONNRESET|UND_ERR_SOCKET/,
    ],
    [
      "is cut off in the middle of an event",
      steps(says("a", "stop"), 'data: {"choices":[{"ind'),
      "upstream_failed",
      /not JSON/,
    ],
    ["sends what is not JSON", steps("data: hello\n\n"), "upstream_failed", /not JSON/],
    ["sends JSON that is no object", steps("data: [1]\n\n"), "upstream_failed", /no piece of an answer/],
    ["sends NaN", steps('data: {"choices":[{"index":0,"logprobs":NaN}]}\n\n'), "upstream_failed", /not JSON/],
    ["sends a chunk without choices", steps(event({ id: "x" })), "upstream_failed", /no piece/],
    [
      "sends choices that are no list",
      steps(event({ choices: { 0: {} } })),
      "upstream_failed",
      /at .choices/,
    ],
    [
      "sends content that is no text",
      steps(event({ choices: [{ delta: { content: ["a"] } }] })),
      "upstream_failed",
      /at .choices.0.delta/,
    ],
    ["answers more than was asked", steps(says("a", null, 1)), "upstream_failed", /not asked for/],
    ["counts choices below 0", steps(says("a", null, -1)), "upstream_failed", /at .choices.0.index/],
    ["goes on after the end", steps(says("a", "stop"), says("b")), "upstream_failed", /after its end/],
    [
      "ends twice, for different reasons",
      steps(says("a", "stop"), says("", "length")),
      "upstream_failed",
      /after its end/,
    ],
    [
      "ends for a reason nobody knows",
      steps(says("a", "constructor")),
      "upstream_failed",
      /reason of its own/,
    ],
    [
      "calls a tool that was not offered",
      steps(
        event({ choices: [{ delta: { tool_calls: [{ index: 0, id: "1", function: { name: "f" } }] } }] }),
      ),
      "upstream_failed",
      /none was offered/,
    ],
    [
      "writes far more than it may",
      steps(...Array<string>(20).fill(says("x".repeat(1_000)))),
      "upstream_failed",
      /more than it was allowed/,
    ],
    [
      "sends one event of many megabytes",
      steps(`data: "${"x".repeat(3_000_000)}"\n\n`),
      "upstream_failed",
      /one event of over/,
    ],
    ["counts tokens below 0", steps(says("a", "stop"), tellsUsage(-1, 0)), "upstream_failed", /at .usage/],
    [
      "answers with a page",
      { headers: { "content-type": "text/html" }, steps: ["<html>"] },
      "upstream_failed",
      /no model server/,
    ],
    ["answers with JSON that is no answer", json({ hello: "world" }), "upstream_failed", /no piece/],
    [
      "answers with half of a JSON answer",
      { headers: { "content-type": "application/json" }, steps: ['{"choices":['] },
      "upstream_failed",
      /not JSON/,
    ],
    [
      "is cut off while compressing",
      {
        headers: { "content-encoding": "gzip" },
        steps: [gzipSync(says("a", "stop") + DONE).subarray(0, 30)],
      },
      "upstream_failed",
      /ended before/,
    ],
    [
      "cut the prompt",
      steps(event({ choices: [{ index: 0, delta: { content: "a" } }], truncated: true })),
      "too_large",
      /shorten/,
    ],
    [
      "tells an error as an object",
      steps(event({ error: { message: "SECRET", code: 500 } })),
      "upstream_failed",
      /gave up in the middle/,
    ],
    [
      "tells an error as a text",
      steps(event({ error: "SECRET", error_type: "generation" })),
      "upstream_failed",
      /gave up in the middle/,
    ],
    [
      "tells an error as vLLM has done",
      steps(event({ object: "error", message: "SECRET", code: 400 })),
      "upstream_failed",
      /gave up in the middle/,
    ],
    [
      "is overloaded in the middle",
      steps(says("a"), event({ error: "SECRET", error_type: "overloaded" })),
      "overloaded",
      /busy/,
    ],
    [
      "is overloaded, as TGI tells it",
      steps(event({ error: { message: "SECRET", http_status_code: 429 } })),
      "overloaded",
      /busy/,
    ],
    [
      "finds the prompt too long in a stream",
      steps(event({ error: { message: "SECRET", code: "context_length_exceeded" } })),
      "too_large",
      /shorten/,
    ],
  ];
  it.each(junk)("fails the request: %s", async (_, script, code, message) => {
    const { generator } = await start(script);
    const error = await collect(generator.generate(chat())).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "GuardError", ...failure(code, message) });
    expect(inspect(error)).not.toMatch(/SECRET/);
  });

  it("may say the reason again, and leave out what it has nothing to say of", async () => {
    const { generator } = await start(
      steps(
        event({ choices: [{ index: 0, delta: { role: "assistant", content: null }, logprobs: null }] }),
        event({ choices: [], prompt_filter_results: [] }),
        event({ choices: [{ delta: { content: "hi" }, finish_reason: "" }], usage: null }),
        says("", "stop"),
        event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: 1 } }),
        DONE,
      ),
    );
    expect(await collect(generator.generate(chat()))).toEqual([
      { type: "text", choice: 0, text: "hi", tokens: 1, logprobs: null },
      { type: "finished", choice: 0, reason: "stop" },
      { type: "usage", promptTokens: 1, completionTokens: 0 },
    ]);
  });

  it("gives no thoughts and no unasked probabilities away", async () => {
    const likely = { content: [{ token: "hi", logprob: -1, bytes: null, top_logprobs: [] }] };
    const { generator } = await start(
      steps(
        event({ choices: [{ index: 0, delta: { reasoning_content: "hidden", reasoning: "hidden" } }] }),
        event({ choices: [{ index: 0, delta: { content: "hi" }, logprobs: likely, finish_reason: "stop" }] }),
        DONE,
      ),
    );
    const events = await collect(generator.generate(chat()));
    expect(JSON.stringify(events)).not.toMatch(/hidden|-1/);
  });

  it("may split a character over two events, and may leave one half", async () => {
    const { generator } = await start(steps(says("a\uD83D"), says("\uDEE1b"), says("\uD83D", "stop"), DONE));
    const events = await collect(generator.generate(chat()));
    expect(events.map((one) => one.type === "text" && one.text)).toEqual(["a", "🛡b", "\uFFFD", false]);
  });
});

describe("statuses", () => {
  const statuses: [number, string, RegExp][] = [
    [400, "upstream_failed", /refuses the request \(HTTP 400\)/],
    [404, "upstream_failed", /no such model or path/],
    [422, "upstream_failed", /refuses/],
    [401, "upstream_failed", /credentials/],
    [403, "upstream_failed", /credentials/],
    [413, "too_large", /shorten/],
    [429, "overloaded", /busy/],
    [503, "overloaded", /busy/],
    [500, "upstream_failed", /fault of its own/],
    [502, "upstream_failed", /fault of its own/],
    [504, "deadline_exceeded", /fault of its own/],
  ];
  it.each(statuses)("%i is %s, without the server's words", async (status, code, message) => {
    const { generator } = await start(json({ error: { message: "SECRET prompt" } }, status));
    const error = await collect(generator.generate(chat())).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(failure(code, message));
    expect(inspect(error)).not.toMatch(/SECRET/);
    expect(String(error)).not.toMatch(/127.0.0.1/); // callers read it
    expect((error as Error).cause).toBeUndefined();
  });

  it.each([
    ["OpenAI", { error: { message: "SECRET", code: "context_length_exceeded" } }],
    ["llama.cpp", { error: { code: 400, message: "SECRET", type: "exceed_context_size_error" } }],
  ])("tells a prompt that is too long, as %s does", async (_, said) => {
    const { generator } = await start(json(said, 400));
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({ code: "too_large" });
  });

  it("passes on how long to wait", async () => {
    const { generator } = await start({ status: 503, headers: { "retry-after": "30" } });
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({ retryAfterMs: 30_000 });
  });
});

describe("a redirection", () => {
  it.each([301, 302, 307, 308])("of status %i is not followed, wherever it leads", async (status) => {
    const other = await openScriptedUpstream();
    open.push(other);
    const { generator } = await start({
      status,
      headers: { location: `${other.baseUrl}/v1/chat/completions` },
    });
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject(
      failure("upstream_failed", /not followed/),
    );
    expect(other.requests).toEqual([]);
  });
});

describe("further attempts", () => {
  const pauses: number[] = [];
  const clock = {
    sleep: (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  afterEach(() => void pauses.splice(0));

  it.each([429, 502, 503])("are made after %i, with growing pauses", async (status) => {
    const { generator, upstream } = await start((nth) => (nth < 2 ? { status } : undefined), {
      retries: 2,
      clock,
    });
    expect(textOf(await collect(generator.generate(chat())))).toBe("Hello.");
    expect(upstream.asked).toHaveLength(3);
    expect(pauses).toEqual([1_250, 1_250]);
  });

  it("are made as often as they are allowed, and no more", async () => {
    const { generator, upstream } = await start({ status: 503 }, { retries: 2, clock });
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({
      code: "overloaded",
      retryAfterMs: 1_000,
    });
    expect(upstream.asked).toHaveLength(3);
  });

  it("wait as long as the server asks, and not for one that asks too much", async () => {
    const { generator, upstream } = await start(
      (nth) => ({ status: 429, headers: { "retry-after": nth === 0 ? "2" : "9" } }),
      { retries: 5, clock },
    );
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({ retryAfterMs: 9_000 });
    expect([pauses, upstream.asked.length]).toEqual([[2_500], 2]);
  });

  it.each([400, 401, 404, 422, 500, 504])("are not made after %i", async (status) => {
    const { generator, upstream } = await start({ status }, { retries: 2 });
    await expect(collect(generator.generate(chat()))).rejects.toThrow();
    expect(upstream.asked).toHaveLength(1);
  });

  it("are made after a connection that broke before anything came", async () => {
    const { generator, upstream } = await start(
      (nth, request) => {
        if (nth > 0) return undefined;
        request.reset();
        return undefined;
      },
      { retries: 1 },
    );
    expect(textOf(await collect(generator.generate(chat())))).toBe("Hello.");
    expect(upstream.asked).toHaveLength(2);
  });

  it("are not made after the first event", async () => {
    const { generator, upstream } = await start(steps(says("a"), "cut"), { retries: 3 });
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({ code: "upstream_failed" });
    expect(upstream.asked).toHaveLength(1);
  });
});

describe("leaving", () => {
  const endless = (): Script => steps(says("a"), says("b"), "stall");

  it("the loop ends the request at once", async () => {
    const { generator, upstream } = await start(endless);
    for await (const one of generator.generate(chat())) if (one.type === "text") break;
    expect(await upstream.asked[0]?.closed).toBe(true);
  });

  it("by signal ends it too, with the signal's reason where it is ours", async () => {
    const { generator, upstream } = await start(endless);
    const controller = new AbortController();
    const events: GenerationEvent[] = [];
    const reading = (async () => {
      for await (const one of generator.generate(chat(), { signal: controller.signal })) {
        events.push(one);
        if (events.length === 2) setTimeout(() => controller.abort(new Error("gone")), 10);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "canceled" });
    expect(await upstream.asked[0]?.closed).toBe(true);
  });

  it("before the beginning sends nothing", async () => {
    const { generator, upstream } = await start(endless);
    const signal = AbortSignal.abort();
    await expect(collect(generator.generate(chat(), { signal }))).rejects.toMatchObject({ code: "canceled" });
    expect(upstream.asked).toHaveLength(0);
  });

  it("several answers ends every one of them", async () => {
    const { generator, upstream } = await start(endless, { preset: "llama.cpp" });
    const seen = new Set<number>();
    for await (const one of generator.generate(chat({ choices: 3 })))
      if (one.type === "text" && seen.add(one.choice).size === 3) break;
    expect(await Promise.all(upstream.asked.map(({ closed }) => closed))).toEqual([true, true, true]);
  });

  it("a slow reader makes the server wait", async () => {
    const megabytes = Array<string>(2_000).fill(event({ choices: [], usage: null, pad: "x".repeat(20_000) }));
    const { generator, upstream } = await start(steps(says("a"), ...megabytes, says("", "stop"), DONE));
    const events = generator.generate(chat())[Symbol.asyncIterator]();
    await events.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const first = upstream.asked[0]!.sentBytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(upstream.asked[0]!.sentBytes).toBe(first);
    expect(first).toBeLessThan(20_000_000); // of 40: what sockets hold
    await events.return?.();
  });
});

describe("time", () => {
  it("without a byte is bounded, before the first one and after", async () => {
    for (const script of [steps("stall"), steps(says("a"), "stall")]) {
      const { generator, upstream } = await start(script, { silenceMs: 150 });
      await expect(collect(generator.generate(chat()))).rejects.toMatchObject(
        failure("deadline_exceeded", /sent nothing for 0.15 s/),
      );
      expect(await upstream.asked[0]?.closed).toBe(true);
    }
  });

  it("goes on as long as comments come", async () => {
    const pings = Array.from({ length: 5 }, () => [{ waitMs: 80 }, ": ping\n\n"]).flat();
    const { generator } = await start(steps(...pings, says("hi", "stop"), DONE), { silenceMs: 250 });
    expect(textOf(await collect(generator.generate(chat())))).toBe("hi");
  });

  it("that the reader takes is not the server's", async () => {
    const { generator } = await start(answers("a", "b"), { silenceMs: 100 });
    const texts: string[] = [];
    for await (const one of generator.generate(chat())) {
      if (one.type === "text") texts.push(one.text);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(texts).toEqual(["a", "b"]);
  });

  it("is bounded for the whole of it", async () => {
    const pings = Array.from({ length: 40 }, () => [": ping\n\n", { waitMs: 50 }]).flat();
    const { generator, upstream } = await start(steps(...pings), { deadlineMs: 300 });
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject(
      failure("deadline_exceeded", /within 300 ms/),
    );
    expect(await upstream.asked[0]?.closed).toBe(true);
  });
});

describe("opening", () => {
  const list = (payload: unknown, status = 200) =>
    openScriptedUpstream(({ path }) => (path === "/v1/models" ? json(payload, status) : undefined));
  const opening = async (upstream: ScriptedUpstream, options: Partial<UpstreamOptions> = {}) => {
    open.push(upstream);
    const generator = await openTo(upstream, options);
    open.push(generator);
    return generator.info;
  };

  it("tells what the server is", async () => {
    const vllm = await list({ data: [{ id: SCRIPTED_MODEL, max_model_len: 8192 }] });
    expect(await opening(vllm, { notice: "a test" })).toEqual({
      modelId: SCRIPTED_MODEL,
      notice: "a test",
      contextTokens: 8192,
      tools: true,
    });
  });

  it.each([
    ["tgi", "/info", { max_total_tokens: 4096 }, 4096],
    ["llama.cpp", "/props", { default_generation_settings: { n_ctx: 2048 } }, 2048],
    ["llama.cpp", "/props", { default_generation_settings: { n_ctx: 1e300 } }, null],
    ["llama.cpp", "/props", [], null],
    ["ollama", "/none", {}, null],
  ] as const)("reads the context of %s from %s", async (preset, path, said, tokens) => {
    const upstream = await openScriptedUpstream((request) =>
      request.path === path ? json(said) : undefined,
    );
    expect((await opening(upstream, { preset })).contextTokens).toBe(tokens);
  });

  it("takes Ollama's short names, and any name for TGI", async () => {
    const upstream = await list({ data: [{ id: "llama3:latest" }] });
    expect((await opening(upstream, { preset: "ollama", model: "llama3" })).modelId).toBe("llama3");
    expect((await opening(upstream, { preset: "tgi", model: "mine" })).modelId).toBe("mine");
  });

  it.each([
    [
      "another model",
      { data: [{ id: "other" }, { id: "bad\nname" }] },
      200,
      /does not serve scripted-model; it serves other, …/,
    ],
    ["no model", { data: null }, 200, /serves none/],
    ["no list", { hello: 1 }, 200, /lists no models/],
  ])("refuses a server with %s", async (_, said, status, message) => {
    await expect(opening(await list(said, status))).rejects.toMatchObject(failure("invalid_config", message));
  });

  it("tells a wrong key from a server that is not there", async () => {
    await expect(opening(await list({}, 401))).rejects.toMatchObject(
      failure("upstream_failed", /credentials/),
    );
    const gone = await openScriptedUpstream();
    await gone[Symbol.asyncDispose]();
    await expect(openTo(gone)).rejects.toMatchObject(
      failure("upstream_failed", /127.0.0.1:\d+ failed .ECONNREFUSED.*is it running/),
    );
  });

  it("waits for a server that is loading", async () => {
    const upstream = await openScriptedUpstream((_, nth) => (nth < 2 ? json({}, 503) : undefined));
    expect((await opening(upstream, { retries: 2 })).modelId).toBe(SCRIPTED_MODEL);
  });

  it("gives up on the signal, and on a server that does not speak", async () => {
    const silent = await openScriptedUpstream(() => steps("stall"));
    await expect(opening(silent, { silenceMs: 100 })).rejects.toMatchObject({ code: "deadline_exceeded" });
    const signal = AbortSignal.timeout(100);
    await expect(opening(silent, { signal })).rejects.toMatchObject({ code: "canceled" });
  });

  it("bounds the time to connect", async () => {
    // A socket that listens and never accepts more than its backlog would be platform-dependent; a TLS server
    // that says nothing is a connection that never comes about.
    const mute = createServer();
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const sockets = new Set<{ destroy(): void }>();
    mute.on("connection", (socket) => sockets.add(socket));
    const baseUrl = `https://127.0.0.1:${String((mute.address() as AddressInfo).port)}`;
    const upstream = await openScriptedUpstream();
    await expect(opening(upstream, { baseUrl, connectTimeoutMs: 200 })).rejects.toMatchObject(
      failure("deadline_exceeded", /cannot be reached in time/),
    );
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it.each(["", "/", "/v1", "/v1/"])("takes an address that ends with '%s'", async (end) => {
    const upstream = await openScriptedUpstream();
    const shifted = { ...upstream, baseUrl: upstream.baseUrl + end };
    expect((await opening(shifted)).modelId).toBe(SCRIPTED_MODEL);
    expect(upstream.requests[0]?.path).toBe("/v1/models");
  });

  it("keeps what comes before /v1, and shows the key and the headers", async () => {
    const upstream = await openScriptedUpstream();
    open.push(upstream);
    const baseUrl = `${upstream.baseUrl}/llm/v1`;
    const generator = await openTo(upstream, { baseUrl, apiKey: "k3y", headers: { "x-tenant": "blue" } });
    open.push(generator);
    expect(upstream.requests[0]).toMatchObject({
      path: "/llm/v1/models",
      headers: { authorization: "Bearer k3y", "x-tenant": "blue" },
    });
  });

  it.each([
    ["127.0.0.1:8000", /whole one|begin with http/],
    ["ftp://host/v1", /begin with http/],
    ["http://me:secret@host/v1", /credentials/],
    ["http://host/v1?key=1", /end with its path/],
  ])("refuses the address %s", async (baseUrl, message) => {
    await expect(openTo(await openScriptedUpstreamOnce(), { baseUrl })).rejects.toMatchObject(
      failure("invalid_config", message),
    );
  });

  it("refuses a key that no header may hold, without showing it", async () => {
    const error = await openTo(await openScriptedUpstreamOnce(), { apiKey: "s3\ncret" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject(failure("invalid_config", /the key of the model server/));
    expect(inspect(error)).not.toMatch(/cret/);
  });
});

const openScriptedUpstreamOnce = async (): Promise<ScriptedUpstream> => {
  const upstream = await openScriptedUpstream();
  open.push(upstream);
  return upstream;
};

describe("closing", () => {
  it("waits for answers under way, refuses new ones, and may be repeated", async () => {
    const { generator } = await start(steps(says("a"), { waitMs: 150 }, says("b", "stop"), DONE), {
      drainMs: 5_000,
    });
    const events = generator.generate(chat())[Symbol.asyncIterator]();
    await events.next();
    const closed = Promise.all([generator.close(), generator.close()]);
    await expect(collect(generator.generate(chat()))).rejects.toMatchObject({ code: "engine_unavailable" });
    expect((await events.next()).value).toMatchObject({ text: "b" });
    while ((await events.next()).done !== true);
    await closed;
  });

  it("ends what takes longer, even if nobody reads it any more", async () => {
    const { generator, upstream } = await start(steps(says("a"), "stall"), { drainMs: 100 });
    const forgotten = generator.generate(chat())[Symbol.asyncIterator]();
    await forgotten.next();
    const reading = collect(generator.generate(chat()));
    const refused = expect(reading).rejects.toMatchObject({ code: "engine_unavailable" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await generator.close();
    await refused;
    await forgotten.return?.();
    expect(await Promise.all(upstream.asked.map(({ closed }) => closed))).toEqual([true, true]);
  });
});

describe("a prompt that was cut", () => {
  const long = chat({ input: { kind: "chat", messages: [{ role: "user", content: "word ".repeat(100) }] } });

  it("fails where the server cuts without a word", async () => {
    const { generator } = await start(steps(says("a", "stop"), tellsUsage(66, 1), DONE), {
      preset: "ollama",
    });
    await expect(collect(generator.generate(long))).rejects.toMatchObject(
      failure("too_large", /context length/),
    );
  });

  it.each([0, 100, 140])("is not seen in %i tokens", async (tokens) => {
    const { generator } = await start(steps(says("a", "stop"), tellsUsage(tokens, 1), DONE), {
      preset: "ollama",
    });
    expect(textOf(await collect(generator.generate(long)))).toBe("a");
  });
});
