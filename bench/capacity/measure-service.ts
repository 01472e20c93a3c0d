import { performance } from "node:perf_hooks";
import { openEngine, type StepReport } from "../../engine/index.js";
import type { Prompt } from "../compare/prompt.js";
import type { Random } from "../random.js";
import { median } from "../statistics.js";
import type { ServiceModel } from "./simulate.js";

/** An engine with what its steps took. */
export interface MeasuredEngine extends AsyncDisposable {
  score(prompt: Prompt): Promise<{ readonly tookMs: number; readonly computedTokens: number }>;
  readonly steps: StepReport[];
}

const STEP_TOKENS = 256;
/** More than any P(unsafe): codes are not asked for. */
const NEVER = 2;

export async function openMeasuredEngine(modelDir: string, threads: number): Promise<MeasuredEngine> {
  const steps: StepReport[] = [];
  const engine = await openEngine({
    ...{ modelDir, threads, stepTokens: STEP_TOKENS, waitingTokens: 10_000_000 }, // nobody is refused here
    onStep: (report) => steps.push(report),
  });
  return {
    steps,
    async score({ spans }) {
      const startMs = performance.now();
      const answer = { prefix: "", codes: ["S1"] };
      const { usage } = await engine.score({ prompt: spans, answer, decodeFrom: NEVER });
      return { tookMs: performance.now() - startMs, computedTokens: usage.computedTokens };
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

/**
 * Fits how long steps take to the tokens they had, and what a request costs besides: asked in groups of one to eight, so
 * that steps of all sizes occur.
 */
export async function measureService(
  engine: MeasuredEngine,
  prompts: readonly Prompt[],
): Promise<ServiceModel & { readonly requestTokens: readonly number[] }> {
  await engine.score(prompts[0]!);
  engine.steps.length = 0;
  const requestTokens: number[] = [];
  const overheads: number[] = [];
  for (let at = 1, group = 1; at < prompts.length; at += group, group = (group % 8) + 1) {
    const stepsBefore = engine.steps.length;
    const answers = await Promise.all(prompts.slice(at, at + group).map((prompt) => engine.score(prompt)));
    requestTokens.push(...answers.map(({ computedTokens }) => computedTokens));
    const ranMs = engine.steps.slice(stepsBefore).reduce((sum, { stepMs }) => sum + stepMs, 0);
    if (group === 1) overheads.push(Math.max(0, answers[0]!.tookMs - ranMs));
  }
  const { stepMs, tokenMs, strays } = fitLine(engine.steps);
  return { stepMs, tokenMs, strays, stepTokens: STEP_TOKENS, overheadMs: median(overheads), requestTokens };
}

/** Least squares of durations over tokens, and each step's factor beside the line. */
function fitLine(steps: readonly StepReport[]): Pick<ServiceModel, "stepMs" | "tokenMs" | "strays"> {
  const mean = (of: (step: StepReport) => number): number =>
    steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  const [tokens, ms] = [mean(({ newTokens }) => newTokens), mean((step) => step.stepMs)];
  const covariance = mean((step) => (step.newTokens - tokens) * (step.stepMs - ms));
  const variance = mean((step) => (step.newTokens - tokens) ** 2);
  const tokenMs = Math.max(0, covariance / variance);
  const stepMs = Math.max(0, ms - tokenMs * tokens);
  return { stepMs, tokenMs, strays: steps.map((step) => step.stepMs / (stepMs + tokenMs * step.newTokens)) };
}

/** Requests that come when they come, whether or not earlier ones are answered. @returns ms each */
export async function openLoop(
  engine: MeasuredEngine,
  prompts: readonly Prompt[],
  requestsPerSecond: number,
  random: Random,
): Promise<number[]> {
  const answers: Promise<number>[] = [];
  let dueMs = performance.now();
  for (const prompt of prompts) {
    dueMs += (-Math.log(1 - random()) * 1000) / requestsPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const lateMs = Math.max(0, performance.now() - dueMs); // the caller's own lateness counts as waiting
    answers.push(engine.score(prompt).then(({ tookMs }) => tookMs + lateMs));
  }
  return Promise.all(answers);
}
