import { setImmediate as turnOfLoop } from "node:timers/promises";
import { GuardError } from "../../src/base/index.js";
import type { ChatEvent, ChatGateOptions, ChatRequest } from "../../src/chat/index.js";
import type { GenerationEvent, GenerationRequest, Generator } from "../../src/generation/index.js";
import type { Guard, Judgement, ModerationRequest } from "../../src/guard/index.js";
import { DEFAULT_CHAT_RULES, type Policy } from "../../src/policy/index.js";

export const POLICY: Policy = {
  id: "test",
  version: "1",
  sha256: "0".repeat(64),
  title: "Test",
  template: "llama-guard-2",
  notice: null,
  categories: [],
  ...DEFAULT_CHAT_RULES,
};

export const OPTIONS: ChatGateOptions = {
  before: "parallel",
  stream: { maxUnjudgedTokens: 0, checkTokens: 4 },
  modes: { input: "enforce", output: "enforce" },
  failOpen: { input: false, output: false },
  checkDeadlineMs: 5000,
  refusal: "Sorry, no.",
};

export const request = (generation: Partial<GenerationRequest> = {}): ChatRequest => ({
  policy: POLICY,
  generation: {
    input: { kind: "chat", messages: [{ role: "user", content: "Hello" }] },
    choices: 1,
    sampling: {
      temperature: 1,
      topP: 1,
      seed: null,
      maxTokens: 100,
      stop: [],
      presencePenalty: 0,
      frequencyPenalty: 0,
      topLogprobs: null,
    },
    ...generation,
  },
});

export const judged = (action: Judgement["action"], role: Judgement["role"] = "assistant"): Judgement => ({
  verdict: action === "allow" ? "safe" : "unsafe",
  score: action === "allow" ? 0.1 : 0.9,
  categories: [],
  action,
  role,
  scoring: "listed",
  flags: [],
  policy: { id: POLICY.id, version: POLICY.version, sha256: POLICY.sha256 },
  model: { id: "scripted", sha256: "1".repeat(64) },
  usage: { promptTokens: 1, cachedTokens: 0, computedTokens: 1 },
  timings: { queueMs: 0, computeMs: 0, totalMs: 0 },
});

/** Waits for what never comes; ends as the signal says. */
export const hang = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });

export type Script = (asked: {
  readonly role: "user" | "assistant";
  /** The judged message. */
  readonly text: string;
  /** How often the guard was asked about this role before. */
  readonly nth: number;
  readonly signal: AbortSignal | undefined;
}) => Judgement["action"] | Promise<Judgement["action"]>;

/** A guard that follows a script and remembers what it was asked and which answers it let pass. */
export function scriptedGuard(script: Script = () => "allow") {
  const asked: ModerationRequest[] = [];
  const passed: string[] = [];
  const counts = { user: 0, assistant: 0 };
  const guard: Guard = {
    async moderate(moderation, options) {
      asked.push(moderation);
      const { role, content } = moderation.conversation.at(-1)!;
      await turnOfLoop(); // so that readers see what leaves before the next verdict falls
      const action = await script({ role, text: content, nth: counts[role]++, signal: options?.signal });
      if (role === "assistant" && action !== "block") passed.push(content);
      return judged(action, role);
    },
  };
  return { ...guard, asked, passed };
}

export const text = (choice: number, words: string, tokens = 1): GenerationEvent => ({
  type: "text",
  choice,
  text: words,
  tokens,
  logprobs: null,
});
export const finished = (choice: number, reason: "stop" | "length" | "tool_calls" = "stop") =>
  ({ type: "finished", choice, reason }) as const;
export const USAGE = { type: "usage", promptTokens: 7, completionTokens: 9 } as const;

export type Step = GenerationEvent | Error | "hang" | (() => unknown);

/** A generator that says its lines, a turn of the loop apart, and can fail or hang in between. */
export function scriptedGenerator(...steps: readonly Step[]) {
  const seen = { started: 0, said: 0, aborted: false };
  const generator: Pick<Generator, "generate"> = {
    async *generate(_, options) {
      const signal = options?.signal;
      seen.started++;
      const note = (): void => void (seen.aborted = true);
      if (signal?.aborted === true) note();
      signal?.addEventListener("abort", note, { once: true });
      for (const step of steps) {
        await turnOfLoop();
        if (signal?.aborted === true) throw signal.reason;
        if (step instanceof Error) throw step;
        if (step === "hang") await hang(signal);
        else if (typeof step === "function") await step();
        else {
          seen.said++;
          yield step as GenerationEvent;
        }
      }
      signal?.removeEventListener("abort", note);
    },
  };
  return { ...generator, seen };
}

/** Everything a reader got, and what was thrown at him. */
export async function collect(events: AsyncIterable<ChatEvent>) {
  const got: ChatEvent[] = [];
  let thrown: unknown = null;
  try {
    for await (const event of events) got.push(event);
  } catch (error) {
    thrown = error;
  }
  return { got, thrown };
}

export const textsOf = (events: readonly ChatEvent[], choice = 0): string =>
  events.flatMap((event) => (event.type === "text" && event.choice === choice ? [event.text] : [])).join("");

export const FAULTS = {
  overloaded: new GuardError("overloaded", "the queue is full"),
  unreadable: new GuardError("unreadable_output", "no verdict"),
  crash: new GuardError("engine_unavailable", "the engine died"),
} as const;
