import type { ScoreResult } from "../engine/index.js";
import { recordModeration, type Annotate } from "../telemetry/index.js";
import type { Judgement, JudgementTimings, JudgementUsage } from "./guard.js";

const sum = (results: readonly ScoreResult[], of: (result: ScoreResult) => number): number =>
  results.reduce((total, result) => total + of(result), 0);

export const sumUsage = (results: readonly ScoreResult[]): JudgementUsage => ({
  promptTokens: sum(results, ({ usage }) => usage.promptTokens),
  cachedTokens: sum(results, ({ usage }) => usage.cachedTokens),
  computedTokens: sum(results, ({ usage }) => usage.computedTokens),
});

/** Prompts of one verdict wait side by side but are computed one after the other. */
export const sumTimings = (results: readonly ScoreResult[], totalMs: number): JudgementTimings => ({
  queueMs: toMicroseconds(Math.max(...results.map(({ timings }) => timings.queueMs))),
  computeMs: toMicroseconds(sum(results, ({ timings }) => timings.computeMs)),
  totalMs: toMicroseconds(totalMs),
});

/** Clocks give more digits than they know. */
export const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;

export function recordJudgement(
  { policy, role, verdict, action, ...rest }: Judgement,
  annotate: Annotate,
): void {
  const { promptTokens, cachedTokens, computedTokens } = rest.usage;
  recordModeration({
    policyId: policy.id,
    role,
    verdict,
    action,
    categories: rest.categories.filter(({ violated }) => violated).map(({ code }) => code),
    promptTokens,
    cachedTokens,
    computedTokens,
    queueSeconds: rest.timings.queueMs / 1000,
    computeSeconds: rest.timings.computeMs / 1000,
  });
  annotate({
    "portcullis.role": role,
    "portcullis.verdict": verdict,
    "portcullis.action": action,
    "portcullis.tokens.prompt": promptTokens,
    "portcullis.tokens.cached": cachedTokens,
    "portcullis.tokens.computed": computedTokens,
  });
}
