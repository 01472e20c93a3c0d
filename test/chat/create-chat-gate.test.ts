import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createChatGate, type ChatEvent } from "../../src/chat/index.js";
import type { GenerationEvent } from "../../src/generation/index.js";
import { METRIC } from "../../src/telemetry/index.js";
import { openInMemorySdk } from "../telemetry/in-memory-sdk.js";
import {
  collect,
  FAULTS,
  finished,
  hang,
  OPTIONS,
  request,
  scriptedGenerator,
  scriptedGuard,
  text,
  textsOf,
  USAGE,
} from "./scripted.js";

const GREETING = [text(0, "Hello "), text(0, "there"), text(0, "."), finished(0), USAGE];
const typesOf = (events: readonly ChatEvent[]): string[] => events.map(({ type }) => type);

describe("the gate before the model", () => {
  it("lets the model begin while the prompt is judged, and nothing out before the verdict", async () => {
    const generator = scriptedGenerator(...GREETING);
    let saidAtVerdict = 0;
    const guard = scriptedGuard(async ({ role }): Promise<"allow"> => {
      if (role === "user") for (let turn = 0; turn < 10; turn++) await turnOfLoop();
      if (role === "user") saidAtVerdict = generator.seen.said;
      return "allow";
    });
    const events = createChatGate({ guard, generator }).respond(request(), OPTIONS);
    const reader = events[Symbol.asyncIterator]();
    const first = reader.next();
    for (let turn = 0; turn < 9; turn++) await turnOfLoop();
    expect(guard.passed).toEqual([]);
    expect((await first).value).toMatchObject({ type: "text", text: "Hello " });
    expect(saidAtVerdict).toBe(GREETING.length);
  });

  it("stops the model at once when the prompt is blocked, and refuses every choice alike", async () => {
    const generator = scriptedGenerator(text(0, "Sure, "), "hang");
    const guard = scriptedGuard(async (): Promise<"block"> => {
      for (let turn = 0; turn < 5; turn++) await turnOfLoop();
      return "block";
    });
    const { got } = await collect(
      createChatGate({ guard, generator }).respond(request({ choices: 2 }), OPTIONS),
    );
    const refused = (choice: number) => [
      { type: "blocked", stage: "input", choice, refusal: "Sorry, no." },
      { type: "finished", choice, reason: "content_filter" },
    ];
    expect(got).toMatchObject([
      ...refused(0),
      ...refused(1),
      { type: "verdicts", input: { action: "block" }, output: [null, null] },
    ]);
    await turnOfLoop();
    expect(generator.seen).toEqual({ started: 1, said: 1, aborted: true });
  });

  it("does not wake the model for a prompt that is blocked, when prompts come first", async () => {
    const generator = scriptedGenerator(...GREETING);
    const guard = scriptedGuard(() => "block");
    const gate = createChatGate({ guard, generator });
    await collect(gate.respond(request(), { ...OPTIONS, before: "first" }));
    expect(generator.seen.started).toBe(0);
  });

  it("refuses a conversation in which nobody asks anything, before anything begins", async () => {
    const [generator, guard] = [scriptedGenerator(...GREETING), scriptedGuard()];
    const messages = [{ role: "system", content: "Be nice." }] as const;
    const { thrown } = await collect(
      createChatGate({ guard, generator }).respond(request({ input: { kind: "chat", messages } }), OPTIONS),
    );
    expect(thrown).toMatchObject({ code: "invalid_request", pointer: "/messages/0/role" });
    expect([generator.seen.started, guard.asked.length]).toEqual([0, 0]);
  });
});

describe("the gate behind the model", () => {
  it("says the same of a block whichever gate closed", async () => {
    const blockedBy = async (closing: "user" | "assistant") => {
      const guard = scriptedGuard(({ role }) => (role === closing ? "block" : "allow"));
      const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
      const { got } = await collect(gate.respond(request(), OPTIONS));
      return got.slice(0, 2).map((event) => ({ ...event, stage: null, judgement: null }));
    };
    expect(await blockedBy("user")).toEqual(await blockedBy("assistant"));
  });

  it("judges every choice by itself: one that is blocked stops no other", async () => {
    const guard = scriptedGuard(({ text: judged }) => (judged.includes("bomb") ? "block" : "allow"));
    const generator = scriptedGenerator(
      ...[text(0, "A bomb"), text(1, "A rose"), text(0, " is"), text(1, " is")],
      ...[finished(0), finished(1), USAGE],
    );
    const { got } = await collect(
      createChatGate({ guard, generator }).respond(request({ choices: 2 }), OPTIONS),
    );
    expect([textsOf(got, 0), textsOf(got, 1)]).toEqual(["", "A rose is"]);
    expect(got.find(({ type }) => type === "verdicts")).toMatchObject({
      output: [{ action: "block" }, { action: "allow" }],
    });
    expect(got.at(-1)).toEqual(USAGE);
  });

  it("frees the model when the last answer that was still written is blocked", async () => {
    const guard = scriptedGuard(({ text: judged }) => (judged.includes("bomb") ? "block" : "allow"));
    const generator = scriptedGenerator(text(1, "Fine."), finished(1), text(0, "A bomb."), "hang");
    const { got } = await collect(
      createChatGate({ guard, generator }).respond(request({ choices: 2 }), OPTIONS),
    );
    expect(got.at(-1)?.type).toBe("verdicts");
    await turnOfLoop();
    expect(generator.seen.aborted).toBe(true);
  });

  it("lets tool calls out whole, after a check of the whole answer with what they say", async () => {
    const call = (index: number, args: string, id?: string): GenerationEvent => ({
      ...{ type: "toolCall", choice: 0, index, arguments: args },
      ...(id !== undefined && { id, name: `tool_${String(index)}` }),
    });
    const guard = scriptedGuard();
    const generator = scriptedGenerator(
      ...[text(0, "Let me look."), call(0, '{"q":', "c0"), call(1, '{"a', "c1"), call(0, '"\\u0068i"}')],
      ...[call(1, '":1}'), finished(0, "tool_calls"), USAGE],
    );
    const { got } = await collect(createChatGate({ guard, generator }).respond(request(), OPTIONS));
    expect(got.slice(0, 4)).toEqual([
      { type: "text", choice: 0, text: "Let me look.", logprobs: null },
      ...[
        { id: "c0", name: "tool_0", arguments: '{"q":"\\u0068i"}' },
        { id: "c1", name: "tool_1", arguments: '{"a":1}' },
      ].map((toolCall, index) => ({ type: "toolCall", choice: 0, index, call: toolCall })),
      { type: "finished", choice: 0, reason: "tool_calls" },
    ]);
    expect(guard.passed.at(-1)).toBe('Let me look.\ntool_0 {"q":"hi"}\ntool_1 {"a":1}');
  });

  it("keeps probabilities with their text", async () => {
    const logprobs = [{ token: "Hi.", bytes: null, logprob: -0.5, top: [] }];
    const generator = scriptedGenerator({ ...text(0, "Hi."), logprobs } as GenerationEvent, finished(0));
    const { got } = await collect(
      createChatGate({ guard: scriptedGuard(), generator }).respond(request(), OPTIONS),
    );
    expect(got[0]).toEqual({ type: "text", choice: 0, text: "Hi.", logprobs });
    expect(typesOf(got)).toEqual(["text", "finished", "verdicts"]);
  });

  it("asks nothing about an empty answer", async () => {
    const guard = scriptedGuard();
    const generator = scriptedGenerator(finished(0, "length"), USAGE);
    const { got } = await collect(createChatGate({ guard, generator }).respond(request(), OPTIONS));
    expect(typesOf(got)).toEqual(["finished", "verdicts", "usage"]);
    expect(guard.asked).toHaveLength(1);
  });

  it("has one check of an answer open at a time, and the next covers all that came meanwhile", async () => {
    let [open, most] = [0, 0];
    const guard = scriptedGuard(async ({ role }): Promise<"allow"> => {
      if (role === "user") return "allow";
      most = Math.max(most, ++open);
      for (let turn = 0; turn < 7; turn++) await turnOfLoop();
      open--;
      return "allow";
    });
    const words = Array.from({ length: 20 }, (_, at) => text(0, `w${String(at)} `));
    const generator = scriptedGenerator(...words, finished(0), USAGE);
    const { got } = await collect(
      createChatGate({ guard, generator }).respond(request(), {
        ...OPTIONS,
        stream: { maxUnjudgedTokens: 0, checkTokens: 1 },
      }),
    );
    expect(most).toBe(1);
    expect(guard.passed.length).toBeLessThan(8);
    expect(textsOf(got)).toBe(guard.passed.at(-1));
  });

  it("gives a slow guard fewer sentences to check", async () => {
    const checksWith = async (tookMs: number): Promise<number> => {
      let nowMs = 0;
      const guard = scriptedGuard(({ role }) => {
        if (role === "assistant") nowMs += tookMs;
        return "allow";
      });
      const sentences = Array.from({ length: 40 }, () => [() => (nowMs += 5), text(0, "Yes. ")]).flat();
      const generator = scriptedGenerator(...sentences, finished(0), USAGE);
      const stream = { maxUnjudgedTokens: 0, checkTokens: 16 };
      await collect(
        createChatGate({ guard, generator, clock: () => nowMs }).respond(request(), { ...OPTIONS, stream }),
      );
      return guard.passed.length;
    };
    expect(await checksWith(1)).toBeGreaterThan(35);
    expect(await checksWith(40)).toBeLessThan(8);
    expect(await checksWith(1000)).toBeLessThan(5); // one per 16 tokens
  });
});

describe("modes", () => {
  const lenient = (mode: "shadow" | "flag") => ({ ...OPTIONS, modes: { input: mode, output: mode } });

  it.each(["shadow", "flag"] as const)("%s blocks nothing and says what it saw", async (mode) => {
    const guard = scriptedGuard(() => "block");
    const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
    const { got } = await collect(gate.respond(request(), lenient(mode)));
    expect(textsOf(got)).toBe("Hello there.");
    expect(typesOf(got).slice(-3)).toEqual(["finished", "verdicts", "usage"]);
    expect(got.at(-2)).toMatchObject({ input: { action: "block" }, output: [{ action: "block" }] });
  });

  it("a shadow holds no text while the guard thinks, and outlives its failures", async () => {
    const guard = scriptedGuard(({ signal }) => hang(signal));
    const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
    const { got, thrown } = await collect(
      gate.respond(request(), { ...lenient("shadow"), checkDeadlineMs: 30 }),
    );
    expect(thrown).toBeNull();
    expect(typesOf(got)).toEqual(["text", "text", "text", "finished", "verdicts", "usage"]);
    expect(got.at(-2)).toMatchObject({ input: "deadline_exceeded", output: ["deadline_exceeded"] });
  });

  it("a flagging gate still fails closed", async () => {
    const guard = scriptedGuard(({ role }) =>
      role === "user" ? "allow" : Promise.reject(FAULTS.unreadable),
    );
    const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
    const { got, thrown } = await collect(gate.respond(request(), lenient("flag")));
    expect([got, thrown]).toEqual([[], FAULTS.unreadable]);
  });

  it("a policy that only flags lets pass, and the worst verdict is kept", async () => {
    const guard = scriptedGuard(({ text: judged }) => (judged === "Hello there." ? "allow" : "flag"));
    const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
    const stream = { maxUnjudgedTokens: 0, checkTokens: 1 };
    const { got } = await collect(gate.respond(request(), { ...OPTIONS, stream }));
    expect(textsOf(got)).toBe("Hello there.");
    expect(got.find(({ type }) => type === "verdicts")).toMatchObject({ output: [{ action: "flag" }] });
  });
});

describe("failures", () => {
  it("are thrown as long as nothing is out, and said in an event afterwards", async () => {
    const failingAt = async (nth: number) => {
      const guard = scriptedGuard((asked) =>
        asked.role === "assistant" && asked.nth === nth ? Promise.reject(FAULTS.overloaded) : "allow",
      );
      const generator = scriptedGenerator(text(0, "One. "), () => turnOfLoop(), text(0, "Two."), finished(0));
      const events = createChatGate({ guard, generator }).respond(request(), OPTIONS);
      return collect(events);
    };
    expect(await failingAt(0)).toEqual({ got: [], thrown: FAULTS.overloaded });
    expect(await failingAt(1)).toEqual({
      got: [expect.objectContaining({ text: "One. " }), { type: "error", error: FAULTS.overloaded }],
      thrown: null,
    });
  });

  it.each([
    ["ends in the middle of an answer", [text(0, "Hello.")]],
    ["gives answers nobody asked for", [text(3, "Hello."), finished(3)]],
    [
      "leaves a tool call without a name",
      [{ type: "toolCall", choice: 0, index: 0, arguments: "{}" } as const, finished(0)],
    ],
  ])("a generator that %s has failed", async (_, steps) => {
    const gate = createChatGate({ guard: scriptedGuard(), generator: scriptedGenerator(...steps) });
    const { got, thrown } = await collect(gate.respond(request(), OPTIONS));
    expect(thrown ?? (got.at(-1) as { error: unknown }).error).toMatchObject({ code: "upstream_failed" });
  });

  it("fail the request when the model does while its prompt is still judged", async () => {
    const guard = scriptedGuard(({ signal }) => hang(signal));
    const gate = createChatGate({ guard, generator: scriptedGenerator(FAULTS.crash) });
    expect(await collect(gate.respond(request(), OPTIONS))).toEqual({ got: [], thrown: FAULTS.crash });
  });

  it("let through are counted once for each message, and every check by its outcome", async () => {
    const sdk = openInMemorySdk();
    try {
      const guard = scriptedGuard(() => Promise.reject(FAULTS.crash));
      const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
      const stream = { maxUnjudgedTokens: 0, checkTokens: 1 };
      await collect(gate.respond(request(), { ...OPTIONS, stream, failOpen: { input: true, output: true } }));
      const { points, spans, text: exported } = await sdk.collect();
      expect(spans.map(({ name }) => name)).toEqual(["chat"]);
      const degraded = points
        .get(METRIC.degraded)!
        .map(({ attributes, value }) => ({ ...attributes, value }));
      expect(degraded).toEqual([
        { "portcullis.stage": "before", value: 1 },
        { "portcullis.stage": "stream", value: 1 },
      ]);
      expect(points.get(METRIC.chatChecks)!.map(({ attributes }) => attributes)).toContainEqual({
        "portcullis.stage": "before",
        "portcullis.mode": "enforce",
        "portcullis.outcome": "degraded",
      });
      expect(points.get(METRIC.chatFirstText)![0]).toMatchObject({ value: { count: 1 } });
      expect(exported).not.toContain("Hello");
    } finally {
      await sdk.close();
    }
  });
});

describe("readers", () => {
  it("who leave while they wait end checks and generation", async () => {
    const abandoned: boolean[] = [];
    const guard = scriptedGuard(async ({ role, signal }): Promise<"allow"> => {
      if (role === "user") return "allow";
      signal?.addEventListener("abort", () => abandoned.push(true));
      return hang(signal);
    });
    const generator = scriptedGenerator(text(0, "Hello. "), text(0, "More. "), "hang");
    const reader = createChatGate({ guard, generator }).respond(request(), OPTIONS)[Symbol.asyncIterator]();
    const waiting = reader.next();
    for (let turn = 0; turn < 10; turn++) await turnOfLoop();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await turnOfLoop();
    expect([abandoned, generator.seen.aborted]).toEqual([[true], true]);
  });

  it("who leave get nothing of what still lay there", async () => {
    const gate = createChatGate({ guard: scriptedGuard(), generator: scriptedGenerator(...GREETING) });
    const reader = gate.respond(request(), OPTIONS)[Symbol.asyncIterator]();
    await reader.next();
    for (let turn = 0; turn < 10; turn++) await turnOfLoop();
    await reader.return?.();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("who leave a generator that heeds no signal are not written for", async () => {
    let said = 0;
    const generator = {
      async *generate() {
        for (; said < 100; said++) {
          await turnOfLoop();
          yield text(0, "On. ");
        }
      },
    };
    const reader = createChatGate({ guard: scriptedGuard(), generator })
      .respond(request(), OPTIONS)
      [Symbol.asyncIterator]();
    await reader.next();
    await reader.return?.();
    const saidThen = said;
    for (let turn = 0; turn < 20; turn++) await turnOfLoop();
    expect(said).toBeLessThanOrEqual(saidThen + 1);
  });

  it.each([
    ["the deadline", new GuardError("deadline_exceeded", "late"), "deadline_exceeded"],
    ["a disconnect", undefined, "canceled"],
  ])("are told of %s", async (_, reason, code) => {
    const stop = new AbortController();
    const gate = createChatGate({ guard: scriptedGuard(), generator: scriptedGenerator("hang") });
    const over = collect(gate.respond(request(), { ...OPTIONS, signal: stop.signal }));
    await turnOfLoop();
    stop.abort(reason);
    expect(await over).toMatchObject({ got: [], thrown: { code } });
  });

  it("who left before it began start nothing", async () => {
    const [generator, guard] = [scriptedGenerator(...GREETING), scriptedGuard()];
    const gate = createChatGate({ guard, generator });
    const { thrown } = await collect(gate.respond(request(), { ...OPTIONS, signal: AbortSignal.abort() }));
    expect(thrown).toMatchObject({ code: "canceled" });
    expect([generator.seen.started, guard.asked.length]).toEqual([0, 0]);
  });

  it("who are slow halt the generation, and get everything in the end", async () => {
    const words = Array.from({ length: 2000 }, (_, at) => text(0, `${String(at)}. `));
    const generator = scriptedGenerator(...words, finished(0), USAGE);
    const gate = createChatGate({ guard: scriptedGuard(), generator });
    const reader = gate.respond(request(), OPTIONS)[Symbol.asyncIterator]();
    const first = await reader.next();
    for (let turn = 0; turn < 1500; turn++) await turnOfLoop();
    expect(generator.seen.said).toBeLessThan(300);
    const rest = await collect({ [Symbol.asyncIterator]: () => reader });
    expect(textsOf([first.value as ChatEvent, ...rest.got])).toBe(
      words.map((word) => (word as { text: string }).text).join(""),
    );
  });
});

describe("a caller who wants scores", () => {
  it("gets them of every judgement, and others get none", async () => {
    for (const scores of ["listed", undefined] as const) {
      const guard = scriptedGuard();
      const gate = createChatGate({ guard, generator: scriptedGenerator(...GREETING) });
      await collect(gate.respond({ ...request(), ...(scores && { scores }) }, OPTIONS));
      expect(guard.asked.length).toBeGreaterThan(1);
      expect(new Set(guard.asked.map((asked) => asked.scores))).toEqual(new Set([scores]));
    }
  });
});
