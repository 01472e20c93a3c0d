import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { withDeadline } from "../../src/base/index.js";
import {
  openEngine,
  openGeneratorEngine,
  type EmbeddedGenerator,
  type EngineOptions,
  type StepReport,
} from "../../src/engine/index.js";
import type {
  GenerationEvent,
  GenerationRequest,
  Sampling,
  TokenLogprob,
} from "../../src/generation/index.js";
import { buildTinyModel } from "../fixtures/tiny-model.js";
import { createGeneratorOracle } from "./generator-oracle.js";
import { buildTinyGenerator, type TinyGenerator } from "./tiny-generator.js";

const GREEDY: Sampling = {
  ...{ temperature: 0, topP: 1, seed: null, maxTokens: 12, stop: [], topLogprobs: 3 },
  ...{ presencePenalty: 0, frequencyPenalty: 0 },
};
const WARM: Sampling = { ...GREEDY, temperature: 1, topP: 0.95, seed: 11 };

let tiny: TinyGenerator;
beforeAll(async () => {
  tiny = await buildTinyGenerator();
});
const opened: EmbeddedGenerator[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((generator) => generator.close()));
});

async function open(options: Partial<EngineOptions> = {}): Promise<EmbeddedGenerator> {
  const generator = await openGeneratorEngine({ modelDir: tiny.modelDir, waitingTokens: 1e6, ...options });
  opened.push(generator);
  return generator;
}

const chat = (content: string, sampling: Sampling = GREEDY, choices = 1): GenerationRequest => ({
  ...{ input: { kind: "chat", messages: [{ role: "user", content }] }, choices, sampling },
});

interface Written {
  text: string;
  tokens: TokenLogprob[];
  finished: string[];
}

async function read(events: AsyncIterable<GenerationEvent>) {
  const choices: Written[] = [];
  let usage: GenerationEvent | undefined;
  for await (const event of events) {
    expect(usage).toBeUndefined();
    if (event.type === "usage") usage = event;
    if (event.type === "usage" || event.type === "toolCall") continue;
    const written = (choices[event.choice] ??= { text: "", tokens: [], finished: [] });
    expect(written.finished).toEqual([]);
    if (event.type === "finished") written.finished.push(event.reason);
    else {
      written.text += event.text;
      written.tokens.push(...(event.logprobs ?? []));
    }
  }
  return { choices, usage };
}

const codeOf = (settled: PromiseSettledResult<unknown>): string =>
  settled.status === "fulfilled" ? "answered" : (settled.reason as { code: string }).code;

describe("openGeneratorEngine", () => {
  it.each<[string, Partial<Sampling>, GenerationRequest["input"]]>([
    ["of a chat", {}, { kind: "chat", messages: [{ role: "user", content: "hello there" }] }],
    ["of a text to go on with", {}, { kind: "text", prompt: "User: hello" }],
    ["under penalties", { presencePenalty: 1.5, frequencyPenalty: 1 }, { kind: "text", prompt: "User" }],
  ])("writes the likeliest tokens %s, and tells what the model gave them", async (_, drawing, input) => {
    const generator = await open();
    const sampling = { ...GREEDY, ...drawing };
    const { choices, usage } = await read(generator.generate({ input, choices: 1, sampling }));
    const expected = createGeneratorOracle(tiny.checkpoint).write(input, sampling);
    expect(choices[0]!.tokens).toHaveLength(expected.tokens.length);
    for (const [at, { token, bytes, logprob, top }] of choices[0]!.tokens.entries()) {
      const { logprobs, ...rest } = expected.tokens[at]!;
      expect({ token, bytes }).toEqual({ token: rest.name, bytes: rest.bytes });
      expect(Math.abs(logprob - logprobs[rest.token]!)).toBeLessThan(1e-4);
      const best = Object.values(logprobs).sort((a, b) => b - a);
      for (const [rank, one] of top.entries()) expect(Math.abs(one.logprob - best[rank]!)).toBeLessThan(1e-4);
    }
    expect(choices[0]!.finished).toEqual(["length"]);
    expect(usage).toMatchObject({ promptTokens: expected.promptTokens, completionTokens: 12 });
  });

  it("writes the same for a seed alone, among others, and with its prompt in the cache", async () => {
    const generator = await open({ stepTokens: 48 });
    const requests = Array.from({ length: 16 }, (_, i) =>
      chat(`hello ${"content ".repeat(3 * i)}${String(i)}`, { ...WARM, seed: i, maxTokens: 20 }),
    );
    const packed = await Promise.all(requests.map((request) => read(generator.generate(request))));
    const again = await Promise.all(requests.map((request) => read(generator.generate(request))));
    const fresh = await open({ cacheBytes: 0 });
    const texts = (some: typeof packed): string[] => some.map(({ choices }) => choices[0]!.text);
    const alone: typeof packed = [];
    for (const request of requests) alone.push(await read(fresh.generate(request)));
    expect(texts(packed)).toEqual(texts(alone));
    expect(texts(again)).toEqual(texts(alone));
    expect(new Set(texts(alone)).size).toBe(requests.length);
  }, 60_000);

  it("writes four choices as four requests with the next seeds, and computes their prompt once", async () => {
    const reports: StepReport[] = [];
    const generator = await open({ cacheBytes: 0, onStep: (report) => reports.push(report) });
    const prompt = "content ".repeat(300);
    const { choices, usage } = await read(generator.generate(chat(prompt, WARM, 4)));
    const computed = reports.reduce((sum, { newTokens }) => sum + newTokens, 0);
    const single: string[] = [];
    for (let seed = 11; seed < 15; seed++)
      single.push((await read(generator.generate(chat(prompt, { ...WARM, seed })))).choices[0]!.text);
    expect(choices.map(({ text }) => text)).toEqual(single);
    expect(new Set(single).size).toBe(4);
    const { promptTokens, completionTokens } = usage as { promptTokens: number; completionTokens: number };
    expect(promptTokens).toBeGreaterThan(300);
    expect(completionTokens).toBeGreaterThan(24);
    expect(completionTokens).toBeLessThanOrEqual(48);
    expect(computed).toBeLessThan(promptTokens + 4 * (12 + 16));
  });

  it("ends before a stop text that begins in one token and ends in another", async () => {
    const generator = await open();
    const request = chat("hello there", { ...WARM, maxTokens: 40 });
    const { text } = (await read(generator.generate(request))).choices[0]!;
    const stop = [text.slice(9, 16), text.slice(30, 33)];
    const stopped = await read(generator.generate({ ...request, sampling: { ...request.sampling, stop } }));
    const first = Math.min(...stop.map((one) => text.indexOf(one)).filter((at) => at >= 0));
    expect(stopped.choices[0]).toMatchObject({ text: text.slice(0, first), finished: ["stop"] });
    expect((stopped.usage as { completionTokens: number }).completionTokens).toBeLessThan(40);
  });

  it("ends at every token that the makers of the model say ends an answer", async () => {
    const { tokens } = createGeneratorOracle(tiny.checkpoint).write(chat("hello there").input, GREEDY);
    const ids = tokens.map(({ token }) => token);
    const last = ids.findIndex((id, at) => at > 1 && !ids.slice(0, at).includes(id));
    const ending = await buildTinyGenerator(
      {},
      { generationConfig: { eos_token_id: [5_000 % 600, ids[last]] } },
    );
    const { choices, usage } = await read(
      (await open({ modelDir: ending.modelDir })).generate(chat("hello there")),
    );
    expect(choices[0]!.finished).toEqual(["stop"]);
    expect(usage).toMatchObject({ completionTokens: last });
  });

  it("cuts an answer to what fits the context, and refuses a prompt that leaves room for none", async () => {
    const { modelDir } = await buildTinyGenerator({ contextTokens: 64 });
    const generator = await open({ modelDir, waitingTokens: 100 });
    const content = "content ".repeat(20);
    const { choices, usage } = await read(generator.generate(chat(content, { ...GREEDY, maxTokens: 1e9 })));
    const { promptTokens, completionTokens } = usage as { promptTokens: number; completionTokens: number };
    expect(promptTokens + completionTokens).toBe(64);
    expect(choices[0]!.finished).toEqual(["length"]);
    await expect(read(generator.generate(chat("content ".repeat(60))))).rejects.toMatchObject({
      ...{ code: "too_large", message: expect.stringMatching(/\d+ tokens; 63 fit/) },
    });
  });

  it.each(["int8", "int4"] as const)("runs weights of %s", async (format) => {
    const { modelDir, checkpoint } = await buildTinyGenerator({}, { format });
    const { choices } = await read((await open({ modelDir })).generate(chat("hello there")));
    const { logprobs } = createGeneratorOracle(checkpoint).write(chat("hello there").input, GREEDY)
      .tokens[0]!;
    expect(choices[0]!.tokens).toHaveLength(12);
    const best = Math.max(...Object.values(logprobs));
    expect(Math.abs(choices[0]!.tokens[0]!.logprob - best)).toBeLessThan(1); // rounded weights of a random model
  });

  it("refuses what would take more than its queue holds, answer included", async () => {
    const generator = await open({ waitingTokens: 1_500 });
    const asked = Array.from({ length: 4 }, () =>
      read(generator.generate(chat("hello", { ...WARM, maxTokens: 600 }))),
    );
    const codes = (await Promise.allSettled(asked)).map(codeOf);
    expect(codes).toEqual(["answered", "answered", "overloaded", "overloaded"]);
    expect(generator.gauges()).toMatchObject({ waitingTokens: 0, inFlight: 0 });
  });

  it("frees what a generation holds when its reader leaves early", async () => {
    const reports: StepReport[] = [];
    const generator = await open({ cacheBytes: 0, onStep: (report) => reports.push(report) });
    for await (const event of generator.generate(chat("hello", { ...WARM, maxTokens: 2_000 }, 4)))
      if (event.type === "text" && event.choice === 3) break;
    expect(generator.gauges()).toMatchObject({ waitingTokens: 0, inFlight: 0 });
    const stepsUntilThen = reports.length;
    await sleep(300); // a hundred steps and more, were it not canceled
    expect(reports.length - stepsUntilThen).toBeLessThan(20);
    await read(generator.generate(chat("hello", { ...WARM, maxTokens: 5 })));
    expect(reports.at(-1)!.sequences).toBe(1);
  });

  it("ends at the deadline of its caller, with the deadline's own words", async () => {
    const generator = await open();
    using deadline = withDeadline(undefined, 50);
    const request = chat("hello", { ...WARM, maxTokens: 2_000 });
    await expect(read(generator.generate(request, deadline))).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    const aborted = generator.generate(request, { signal: AbortSignal.abort() });
    await expect(read(aborted)).rejects.toMatchObject({ code: "canceled" });
    expect(generator.gauges().inFlight).toBe(0);
  });

  it("fails a stream whose process is killed, never finishes it, and writes again afterwards", async () => {
    const pids: number[] = [];
    const generator = await open({
      onEvent: (event) => {
        if (event.type === "started") pids.push(event.pid);
      },
    });
    const seen: GenerationEvent["type"][] = [];
    const reading = (async () => {
      for await (const { type } of generator.generate(chat("hello", { ...WARM, maxTokens: 2_000 }))) {
        if (seen.length === 0) process.kill(pids[0]!, "SIGKILL");
        seen.push(type);
      }
    })();
    await expect(reading).rejects.toMatchObject({
      code: "engine_unavailable",
      retryAfterMs: expect.any(Number),
    });
    expect(new Set(seen)).toEqual(new Set(["text"]));
    for (let tries = 0; tries < 500 && generator.state !== "ready"; tries++) await sleep(20);
    expect((await read(generator.generate(chat("hello")))).choices[0]!.finished).toEqual(["length"]);
  });

  it("holds up nobody for a reader that takes its time", async () => {
    const generator = await open();
    const slow = generator.generate(chat("hello", { ...WARM, maxTokens: 100 }))[Symbol.asyncIterator]();
    const first = await slow.next();
    const others = Array.from({ length: 4 }, (_, i) =>
      read(generator.generate(chat("hello", { ...WARM, seed: i, maxTokens: 100 }))),
    );
    expect((await Promise.all(others)).every(({ choices }) => choices[0]!.finished.length === 1)).toBe(true);
    const rest = await read({ [Symbol.asyncIterator]: () => slow });
    const whole = await read(generator.generate(chat("hello", { ...WARM, maxTokens: 100 })));
    expect((first.value as { text: string }).text + rest.choices[0]!.text).toBe(whole.choices[0]!.text);
  });

  it("knows no tools, and says where they are", async () => {
    const generator = await open();
    const withTool = { ...chat("hello"), tools: [{ name: "search" }] };
    await expect(read(generator.generate(withTool))).rejects.toMatchObject({
      ...{ code: "invalid_request", pointer: "/tools" },
    });
    expect(generator.info).toEqual({
      ...{
        modelId: "tiny-generator",
        notice: "Random weights for tests.",
        contextTokens: 2_048,
        tools: false,
      },
    });
  });

  it("takes no guard for a generator, nor a generator for a guard", async () => {
    const guard = await buildTinyModel();
    await expect(open({ modelDir: guard })).rejects.toMatchObject({ code: "bad_model_file" });
    await expect(openEngine({ modelDir: tiny.modelDir })).rejects.toMatchObject({ code: "bad_model_file" });
  });
});
