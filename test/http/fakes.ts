import { createHash } from "node:crypto";
import { GuardError } from "../../src/base/index.js";
import type { CallOptions, EngineState } from "../../src/engine/index.js";
import type { Guard, Judgement, ModerationRequest } from "../../src/guard/index.js";
import {
  DEFAULT_CHAT_RULES,
  type Policy,
  type PolicyCategory,
  type PolicyRegistry,
} from "../../src/policy/index.js";
import { judgedMessage } from "../../src/prompt/index.js";
import type { HttpOptions } from "../../src/http/index.js";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/index.js";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const category = (code: string, name: string, openaiNames: readonly string[]): PolicyCategory => {
  const rule = { threshold: 0.5, action: "block" as const };
  return { code, name, promptName: name, text: null, openaiNames, rules: { user: rule, assistant: rule } };
};

export const POLICY: Policy = {
  id: "llama-guard-2",
  version: "1",
  sha256: sha256("policy"),
  title: "Llama Guard 2",
  template: "llama-guard-2",
  notice: null,
  categories: [
    category("S1", "Violent Crimes", ["violence", "illicit/violent"]),
    category("S2", "Non-Violent Crimes", ["illicit"]),
    category("S5", "Specialized Advice", []),
    category("S8", "Indiscriminate Weapons", ["illicit/violent"]),
  ],
  ...DEFAULT_CHAT_RULES,
};

export const policies: PolicyRegistry = {
  get: (id) => {
    if (id === POLICY.id) return POLICY;
    throw new GuardError("policy_not_found", "no policy has this id");
  },
  list: () => [POLICY],
};

/** The words by which the fake guard finds a category violated, and how sure it is. */
const WORDS: Readonly<Record<string, { word: string; score: number }>> = {
  S1: { word: "stab", score: 0.8 },
  S2: { word: "steal", score: 0.9 },
  S8: { word: "bomb", score: 0.95 },
};

export const COMPUTED_TOKENS = 40;

/** A guard that looks for words, keeps the contract of the real one, and remembers its calls. */
export class WordGuard implements Guard {
  readonly calls: { request: ModerationRequest; signal: AbortSignal | undefined }[] = [];
  /** Stands before every verdict; what it throws is what the guard throws. */
  before: (request: ModerationRequest, signal: AbortSignal | undefined) => Promise<void> = async () => {};

  async moderate(request: ModerationRequest, { signal }: CallOptions = {}): Promise<Judgement> {
    this.calls.push({ request, signal });
    await this.before(request, signal);
    signal?.throwIfAborted();
    return judge(request);
  }
}

function judge({ conversation, policy, categories: codes, scores }: ModerationRequest): Judgement {
  const unknown = codes?.find((code) => !policy.categories.some((one) => one.code === code));
  if (unknown !== undefined)
    throw new GuardError("invalid_request", "no such category", { pointer: "/categories" });
  const { content, role } = judgedMessage(conversation);
  const all = policy.categories
    .filter(({ code }) => codes === undefined || codes.includes(code))
    .map(({ code, name }) => {
      const trigger = WORDS[code];
      const score = trigger !== undefined && content.includes(trigger.word) ? trigger.score : 0.01;
      return { code, name, score, violated: score >= 0.5 };
    });
  const violated = all.filter((one) => one.violated);
  return {
    verdict: violated.length > 0 ? "unsafe" : "safe",
    score: Math.max(...all.map(({ score }) => score)),
    categories: scores === undefined ? violated : all,
    action: violated.length > 0 ? "block" : "allow",
    role,
    scoring: scores ?? "listed",
    flags: [],
    policy: { id: policy.id, version: policy.version, sha256: policy.sha256 },
    model: { id: INFO.modelId, sha256: INFO.modelSha256 },
    usage: { promptTokens: 700, cachedTokens: 661, computedTokens: COMPUTED_TOKENS },
    timings: { queueMs: 0.5, computeMs: 12, totalMs: 13 },
  };
}

const INFO = {
  modelId: "word-guard",
  modelSha256: sha256("model"),
  notice: "Looks for words; not a real guard.",
  template: "llama-guard-2",
  contextTokens: 8192,
};

export const engineIn = (state: EngineState): HttpOptions["engine"] => ({ info: INFO, state });

/** Resolves when the signal aborts, like an engine that works until it is told to stop. */
export const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

export const optionsWith = (overrides: Partial<HttpOptions> = {}): HttpOptions => ({
  guard: new WordGuard(),
  engine: engineIn("ready"),
  chat: null,
  policies,
  defaultPolicy: POLICY.id,
  keys: [],
  limits: DEFAULT_HTTP_LIMITS,
  metrics: null,
  metricsNeedKey: true,
  version: "0.0.0-test",
  onFailure: () => {},
  ...overrides,
});
