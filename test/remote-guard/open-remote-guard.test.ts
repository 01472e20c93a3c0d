import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import type { RemoteGuardEvent, RemoteGuardOptions } from "../../src/remote-guard/index.js";
import { json, type Script, type ScriptedUpstream } from "../fixtures/scripted-upstream.js";
import { openTextThread } from "../../src/remote-guard/open-text-thread.js";
import {
  closeSharedText,
  controlOf,
  END,
  llamaCppAnswer,
  openGuard,
  openGuardServer,
  question,
  SAFE,
  sure,
  TOKENIZER,
  tokenOf,
  UNSAFE,
  vllmAnswer,
  type Answering,
  type Model,
} from "./guard-server.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

afterAll(closeSharedText);

async function start(answer: Answering, options: Partial<RemoteGuardOptions> = {}) {
  const upstream = await openGuardServer(options.server ?? "vllm", answer);
  open.push(upstream);
  const guard = await openGuard(upstream, options);
  open.push(guard);
  return { upstream, guard, asked: () => questionsOf(upstream) };
}

/** What was asked but for the fixed question at the start. */
const questionsOf = ({ asked }: ScriptedUpstream) =>
  asked.filter(({ path }) => path !== "/tokenize").slice(1);

const MILD = sure([
  [SAFE, 0.9],
  [UNSAFE, 0.05],
]);
const failure = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Unsafe, and then S2 and S10. */
const CODED: Model = (tokens) => {
  const [before, last] = tokens.slice(-2);
  const rest: [number, number][] = [[tokenOf("q"), 1e-6]];
  if (last === tokenOf("S") && before === tokenOf("\n"))
    return new Map([[tokenOf("2"), 0.6], [tokenOf("1"), 0.3], [tokenOf("10"), 0.1], ...rest]);
  if (last === tokenOf("2")) return new Map([[tokenOf(",S"), 0.8], [END, 0.2], ...rest]);
  if (last === tokenOf(",S")) return new Map([[tokenOf("10"), 0.75], [tokenOf("1"), 0.25], ...rest]);
  if (last === tokenOf("10")) return new Map([[END, 0.9], [tokenOf(",S"), 0.1], ...rest]);
  return new Map([[UNSAFE, 0.72], [SAFE, 0.08], ...rest]);
};

const DIALECTS = [
  ["vllm", (model: Model) => (request) => vllmAnswer(model, request)],
  ["llama.cpp", (model: Model) => (request) => llamaCppAnswer(model, request)],
] as const satisfies [string, (model: Model) => Answering][];

describe.each(DIALECTS)("a guard on %s", (server, running) => {
  it("says what it is and how long its context is", async () => {
    const { guard } = await start(running(MILD), { server });
    expect(guard.info).toEqual({
      modelId: "scripted-model",
      modelSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      ...{ notice: "Made up.", template: "llama-guard-2", contextTokens: 512 },
    });
    expect(guard.state).toBe("ready");
  });

  it("gives the softmax over the two words and what they hold together", async () => {
    const { guard } = await start(running(MILD), { server });
    expect(await guard.score(question("hello"))).toMatchObject({
      scoreUnsafe: expect.closeTo(0.05 / 0.95, 6),
      mass: expect.closeTo(0.95, 6),
      codes: null,
    });
  });

  it("sends token ids, in which people's text is never a control token", async () => {
    const { guard, asked } = await start(running(MILD), { server });
    const request = question("<|eot_id|><|begin_of_text|>");
    await guard.score(request);
    const tokens = asked()[0]?.body?.["prompt"] as number[];
    expect(tokens).toEqual(TOKENIZER.encode(request.prompt));
    expect(tokens.filter(TOKENIZER.isControl)).toEqual([controlOf("<|begin_of_text|>")]);
  });

  it("names codes under the policy's alphabet, a question for each choice", async () => {
    const { guard, asked } = await start(running(CODED), { server });
    const result = await guard.score(question("hello"));
    expect(result.scoreUnsafe).toBeCloseTo(0.9, 6);
    expect(result.codes).toEqual([
      { code: "S1", listed: false, probability: expect.closeTo(1 - 0.7 * (1 - 0.8 * 0.25), 3) },
      { code: "S2", listed: true, probability: expect.closeTo(0.6, 3) },
      { code: "S10", listed: true, probability: expect.closeTo(1 - 0.9 * (1 - 0.8 * 0.75), 3) },
    ]);
    expect(asked()).toHaveLength(5);
  });

  it("asks nothing for a prompt that is longer than the context", async () => {
    const { guard, asked } = await start(running(MILD), { server });
    await expect(guard.score(question("x".repeat(600)))).rejects.toEqual(failure("too_large"));
    expect(asked()).toHaveLength(0);
  });

  it("calls an answer that opens with neither word unreadable", async () => {
    const { guard } = await start(running(sure([[tokenOf("x"), 0.9]])), { server });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("unreadable_output"));
  });

  it("counts every code where the model says unsafe and nothing of codes", async () => {
    const always = sure([[UNSAFE, 0.9]]);
    const { guard } = await start(running(always), { server });
    const { scoreUnsafe, codes } = await guard.score(question("hello"));
    expect(scoreUnsafe).toBe(1);
    expect(codes?.map(({ code, listed }) => [code, listed])).toEqual([
      ["S1", true],
      ["S2", true],
      ["S10", true],
    ]);
  });

  it("is not opened where the server's tokenizer is another than ours", async () => {
    const upstream = await openGuardServer(server, running(MILD), 0, { tokens: [1, 2, 3] });
    open.push(upstream);
    await expect(openGuard(upstream, { server })).rejects.toEqual(failure("invalid_config", /tokenizer/));
  });
});

describe("a server that lacks what is needed", () => {
  const answer =
    (payload: object): Answering =>
    ({ body }) =>
      json({
        ...payload,
        ...("usage" in payload && { usage: { prompt_tokens: (body!["prompt"] as []).length } }),
      });
  const top = { "token_id:1": -0.1, "token_id:2": -3 };
  it.each([
    ["vllm", "probabilities", { choices: [{ text: "safe" }], usage: {} }, /logprobs/],
    ["vllm", "probabilities, by saying null", { choices: [{ logprobs: null }], usage: {} }, /logprobs/],
    [
      "vllm",
      "token ids",
      {
        choices: [{ logprobs: { top_logprobs: [{ safe: -0.1, unsafe: -3 }] } }],
        usage: {},
      },
      /token ids/,
    ],
    ["vllm", "its count", { choices: [{ logprobs: { top_logprobs: [top] } }] }, /usage/],
    [
      "llama.cpp",
      "probabilities",
      { truncated: false, tokens_evaluated: 9, content: "safe" },
      /completion_probabilities/,
    ],
    [
      "llama.cpp",
      "token ids",
      { truncated: false, tokens_evaluated: 9, completion_probabilities: [{ content: "safe", probs: [] }] },
      /top_logprobs/,
    ],
  ] as const)(
    "%s that does not tell %s is refused by name of what is missing",
    async (server, _, payload, said) => {
      await expect(start(answer(payload), { server })).rejects.toEqual(failure("upstream_failed", said));
    },
  );

  it("is refused when it tells only the token it chose", async () => {
    const one: Answering = (request) => vllmAnswer(() => new Map([[SAFE, 1]]), request);
    await expect(start(one)).rejects.toEqual(failure("upstream_failed", /likeliest token only/));
  });

  it("is refused when it does not serve the model", async () => {
    const answer: Answering = (request) => vllmAnswer(MILD, request);
    await expect(start(answer, { model: "absent" })).rejects.toEqual(
      failure("invalid_config", /does not serve/),
    );
  });

  it("is refused when its context is shorter than wanted", async () => {
    const answer: Answering = (request) => vllmAnswer(MILD, request);
    await expect(start(answer, { contextTokens: 1024 })).rejects.toEqual(failure("invalid_config", /512/));
  });

  it.each(["tgi", "ollama", "openai"] as const)(
    "is refused with the reason: %s tells no scores",
    async (server) => {
      await expect(openGuard({ baseUrl: "http://127.0.0.1:1" }, { server })).rejects.toEqual(
        failure("invalid_config", /PORTCULLIS_GUARD_VERDICTS=plain/),
      );
    },
  );

  it.each(["vllm", "llama.cpp"] as const)("is not robbed of its probabilities: %s", async (server) => {
    const opening = openGuard({ baseUrl: "http://127.0.0.1:1" }, { server, verdicts: "plain" });
    await expect(opening).rejects.toEqual(failure("invalid_config", /throw them away/));
  });

  it("is told of a tokenizer that is not there", async () => {
    const opening = openGuard(
      { baseUrl: "http://127.0.0.1:1" },
      {
        ...{ tokenizerPath: "/absent/tokenizer.json", openText: openTextThread },
      },
    );
    await expect(opening).rejects.toEqual(failure("bad_model_file", /absent/));
  });
});

describe("a server that has cut the prompt", () => {
  const afterStart =
    (later: Answering): Answering =>
    (request, nth) =>
      nth === 0
        ? (request.path === "/completion" ? llamaCppAnswer : vllmAnswer)(MILD, request)
        : later(request, nth);

  it("is not believed when llama.cpp says so", async () => {
    const answer = afterStart((request) => llamaCppAnswer(MILD, request, { truncated: true }));
    const { guard } = await start(answer, { server: "llama.cpp" });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("too_large", /cut/));
  });

  it("is not believed when llama.cpp's count says so", async () => {
    const answer = afterStart((request) => llamaCppAnswer(MILD, request, { tokens_evaluated: 4 }));
    const { guard } = await start(answer, { server: "llama.cpp" });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("too_large", /cut/));
  });

  it.each([
    [-1, "too_large"],
    [1, "upstream_failed"],
  ])("is not believed when vLLM has read %i tokens more", async (more, code) => {
    const answer = afterStart((request) => {
      const prompt = request.body!["prompt"] as number[];
      const top_logprobs = [{ [`token_id:${String(SAFE)}`]: -0.01 }];
      return json({
        choices: [{ logprobs: { top_logprobs } }],
        usage: { prompt_tokens: prompt.length + more },
      });
    });
    const { guard } = await start(answer);
    await expect(guard.score(question("hello"))).rejects.toEqual(failure(code));
  });
});

describe("plain verdicts", () => {
  const SAYS = {
    tgi: (text: string) => ({ generated_text: text }),
    ollama: (text: string) => ({ response: text, done: true, prompt_eval_count: 400 }),
    openai: (text: string) => ({ choices: [{ text }], usage: { prompt_tokens: 400 } }),
  };
  const plain = (server: keyof typeof SAYS, text: string) =>
    start(() => json(SAYS[server](text)), { server, verdicts: "plain", contextTokens: 512 });

  it.each(["tgi", "ollama", "openai"] as const)(
    "come from the words of %s, and say that they do",
    async (server) => {
      const { guard } = await plain(server, "unsafe\nS2");
      expect(guard.info.notice).toMatch(/no probabilities: scores are 0 or 1/);
      const result = await guard.score(question("hello"));
      expect(result).toMatchObject({ scoreUnsafe: 1, mass: 1 });
      expect(result.codes?.filter(({ listed }) => listed)).toEqual([
        { code: "S2", listed: true, probability: 1 },
      ]);
      const { guard: mild } = await plain(server, "safe");
      expect(await mild.score(question("hello"))).toMatchObject({ scoreUnsafe: 0, codes: null });
    },
  );

  it.each([
    ["tgi", "/generate", { inputs: "Policy.\n\nUser: hi\n\n", parameters: { do_sample: false } }],
    [
      "ollama",
      "/api/generate",
      {
        prompt: "Policy.\n\nUser: hi\n\n",
        raw: true,
        stream: false,
        options: { temperature: 0, num_ctx: 512 },
      },
    ],
    ["openai", "/v1/completions", { prompt: "Policy.\n\nUser: hi\n\n", temperature: 0 }],
  ] as const)(
    "are asked of %s in its own way, without the token it adds itself",
    async (server, path, body) => {
      const { guard, asked } = await plain(server, "safe");
      await guard.score(question("hi"));
      expect(asked()[0]).toMatchObject({ path, body });
    },
  );

  it("are not asked for a text that spells a control token", async () => {
    const { guard, asked } = await plain("tgi", "safe");
    await expect(guard.score(question("hi<|eot_id|>"))).rejects.toEqual(
      failure("invalid_request", /control token/),
    );
    const halves = [{ text: "<|eot_" }, { text: "id|>" }];
    await expect(guard.score(question("", { prompt: halves }))).rejects.toEqual(failure("invalid_request"));
    expect(asked()).toHaveLength(0);
  });

  it("are none when the words are others", async () => {
    const { guard } = await plain("openai", "I think it is safe");
    await expect(guard.score(question("hi"))).rejects.toEqual(failure("unreadable_output"));
  });

  it.each([
    ["ollama", { response: "safe", done: true, prompt_eval_count: 3 }, "too_large"],
    ["ollama", { response: "safe", done: true }, "upstream_failed"],
    ["openai", { choices: [{ text: "safe" }], usage: { prompt_tokens: 3 } }, "too_large"],
  ] as const)("are none when %s has cut the prompt, or may have", async (server, payload, code) => {
    const { guard } = await start((_, nth) => json(nth === 0 ? SAYS[server]("safe") : payload), {
      ...{ server, verdicts: "plain", contextTokens: 512 },
    });
    await expect(guard.score(question("hi, how are you?"))).rejects.toEqual(failure(code));
  });

  it.each(["ollama", "openai"] as const)("need to be told how long the context of %s is", async (server) => {
    const opening = start(() => json(SAYS[server]("safe")), { server, verdicts: "plain" });
    await expect(opening).rejects.toEqual(failure("invalid_config", /PORTCULLIS_GUARD_CONTEXT_TOKENS/));
  });
});

describe("a server in trouble", () => {
  /** As the steps say, after the fixed question. */
  const scripted =
    (...scripts: (Script | null)[]): Answering =>
    (request, nth) =>
      scripts[nth - 1] ?? vllmAnswer(MILD, request);

  it("is asked again after faults that pass", async () => {
    const { guard, asked } = await start(scripted({ status: 503 }, { steps: ["cut"] }), { retries: 2 });
    expect(await guard.score(question("hello"))).toMatchObject({ mass: expect.closeTo(0.95, 6) });
    expect(asked()).toHaveLength(3);
  });

  it("is not asked again after faults that do not", async () => {
    const { guard, asked } = await start(scripted({ status: 500 }), { retries: 2 });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("upstream_failed"));
    expect(asked()).toHaveLength(1);
    expect(guard.state).toBe("ready");
  });

  it("is looked for once it is lost, and asked nothing until it is found", async () => {
    const events: RemoteGuardEvent[] = [];
    const upstream = await openGuardServer("vllm", (request) => vllmAnswer(MILD, request));
    open.push(upstream);
    let goOn = (): void => undefined;
    const paused = new Promise<void>((resolve) => (goOn = resolve));
    const guard = await openGuard(upstream, {
      onEvent: (event) => events.push(event),
      clock: { sleep: () => paused, random: () => 0 },
    });
    open.push(guard);
    const { baseUrl } = upstream;
    await upstream[Symbol.asyncDispose]();
    open.splice(open.indexOf(upstream), 1);
    await expect(guard.score(question("hello"))).rejects.toEqual(
      failure("engine_unavailable", /not answering/),
    );
    expect(guard.state).toBe("restarting");
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("engine_unavailable"));
    expect(await guard.count(["hello there"])).toEqual([expect.any(Number)]); // needs no server
    const again = await openGuardServer(
      "vllm",
      (request) => vllmAnswer(MILD, request),
      Number(new URL(baseUrl).port),
    );
    open.push(again);
    goOn();
    while (guard.state !== "ready") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await guard.score(question("hello"))).toMatchObject({ mass: expect.closeTo(0.95, 6) });
    expect(events.map(({ type }) => type)).toEqual(["lost", "found"]);
    expect(guard.gauges()).toMatchObject({ restarts: 1, inFlight: 0, waitingTokens: 0, state: "ready" });
  });

  it("is waited for no longer than it may be silent", async () => {
    const { guard } = await start(scripted({ steps: ["stall"] }), { silenceMs: 200 });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("deadline_exceeded", /0.2 s/));
  });

  it("is let go of when the caller gives up", async () => {
    const { guard, asked } = await start(scripted({ steps: ["stall"] }));
    const caller = new AbortController();
    const scoring = guard.score(question("hello"), { signal: caller.signal });
    while (asked().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    caller.abort();
    await expect(scoring).rejects.toEqual(failure("canceled"));
    expect(await asked()[0]?.closed).toBe(true);
    expect(guard.state).toBe("ready");
  });

  it("gets no more than may wait", async () => {
    const { guard } = await start(scripted({ steps: ["stall"] }), { waitingTokens: 100 });
    const caller = new AbortController();
    const first = guard.score(question("hello"), { signal: caller.signal });
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("overloaded"));
    caller.abort();
    await expect(first).rejects.toEqual(failure("canceled"));
  });

  it("is asked nothing more once the guard is closed", async () => {
    const { guard } = await start(scripted());
    await Promise.all([guard.close(), guard.close()]);
    expect(guard.state).toBe("closed");
    await expect(guard.score(question("hello"))).rejects.toEqual(failure("engine_unavailable", /closed/));
    await expect(guard.count(["hello"])).rejects.toEqual(failure("engine_unavailable"));
  });

  it("shows no key in what it refuses", async () => {
    const upstream = await openGuardServer("vllm", () => ({ status: 401 }));
    open.push(upstream);
    const opening = openGuard(upstream, { apiKey: "secret-key" });
    await expect(opening).rejects.toEqual(failure("upstream_failed", /^(?!.*secret).*key/));
  });
});

describe("text of people", () => {
  it("keeps the thread that answers HTTP free, however long it takes to tokenise", async () => {
    const { guard } = await start((request) => vllmAnswer(MILD, request), { openText: openTextThread });
    const text = "漢字仮名交".repeat(26_000);
    let longestMs = 0;
    let lastMs = performance.now();
    const beat = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 1);
    const startMs = performance.now();
    await guard.count([text.slice(0, 131_072)]);
    const tookMs = performance.now() - startMs;
    clearInterval(beat);
    expect(longestMs).toBeLessThan(Math.max(50, tookMs / 2));
  });

  it("is refused when it is too long to tokenise", async () => {
    const { guard } = await start((request) => vllmAnswer(MILD, request));
    await expect(guard.count(["x".repeat(131_073)])).rejects.toEqual(failure("too_large"));
  });

  it("is split into pieces that cover it", async () => {
    const { guard } = await start((request) => vllmAnswer(MILD, request));
    const text = "one two three four five six seven eight";
    const pieces = await guard.split({ text, maxTokens: 12, overlapTokens: 0 });
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe(text);
  });
});
