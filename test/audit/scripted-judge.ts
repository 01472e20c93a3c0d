import { setImmediate as turnOfLoop } from "node:timers/promises";
import type { Examiner, ModerationRequest } from "../../src/guard/index.js";
import type { RunIdentity, RunOptions } from "../../src/audit/index.js";
import { auditedPolicy } from "../../src/audit/index.js";
import { DEFAULT_CHAT_RULES, type Policy, type PolicyCategory } from "../../src/policy/index.js";

const category = (code: string, name: string, threshold: number): PolicyCategory => {
  const rule = { threshold, action: "block" } as const;
  const [rules, promptName] = [{ user: rule, assistant: rule }, name];
  return { code, name, promptName, text: null, rules, openaiNames: [] };
};

export const policy = (id = "test", threshold = 0.5): Policy => ({
  ...{ id, version: "1", sha256: id.padEnd(64, "0").replace(/[^0-9a-f]/g, "0"), title: "Test" },
  ...{ template: "llama-guard-2", notice: null, ...DEFAULT_CHAT_RULES },
  categories: [category("S1", "Violence", threshold), category("S2", "Theft", threshold)],
});

export const MODEL = { id: "scripted", sha256: "1".repeat(64), notice: "Not a model." };
const WORDS: Readonly<Record<string, string>> = { S1: "violence", S2: "theft" };

/** Finds a category where its word is in the judged message; the score depends on the message alone. */
export function scriptedExaminer(before: (request: ModerationRequest) => unknown = () => undefined) {
  const asked: ModerationRequest[] = [];
  const examiner: Examiner = {
    async examine(request) {
      asked.push(request);
      await turnOfLoop();
      await before(request);
      const { content, role } = request.conversation.at(-1)!;
      const score = Math.min(1, 0.4 + 0.1 * content.length * 0.1);
      const named = request.policy.categories.filter(({ code }) => content.includes(WORDS[code]!));
      const violated = named.filter(({ rules }) => score >= rules[role].threshold);
      const listed = request.scores === undefined ? violated : request.policy.categories;
      return {
        judgement: {
          verdict: violated.length > 0 ? "unsafe" : "safe",
          score: named.length > 0 ? score : 0.05,
          categories: listed.map(({ code, name }) => ({
            ...{ code, name, score: named.some((one) => one.code === code) ? score : 0 },
            violated: violated.some((one) => one.code === code),
          })),
          action: violated.length > 0 ? "block" : "allow",
          ...{ role, scoring: "listed", flags: [] },
          policy: request.policy,
          model: MODEL,
          usage: { promptTokens: 100, cachedTokens: 60, computedTokens: 40 },
          timings: { queueMs: 0, computeMs: 1, totalMs: 1 },
        },
        namedAt: Object.fromEntries(named.map(({ code }) => [code, score])),
      };
    },
  };
  return { ...examiner, asked };
}

export const OPTIONS: RunOptions = {
  ...{ context: "full", scores: "none", keepText: false, chunkTurns: 20, logs: {} },
};

export const identity = (
  policies: readonly Policy[] = [policy()],
  options: Partial<RunOptions> = {},
): RunIdentity => {
  const all = { ...OPTIONS, ...options };
  return {
    inputs: [],
    options: all,
    policies: policies.map((one) => auditedPolicy(one, all.scores)),
    model: MODEL,
  };
};
