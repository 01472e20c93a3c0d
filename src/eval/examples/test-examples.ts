import { GuardError, mapInOrder } from "../../base/index.js";
import type { Guard, Judgement } from "../../guard/index.js";
import type { Policy } from "../../policy/index.js";
import type { PolicyExample } from "./policy-example.js";

/** How an example came out. The last two need someone to act. */
export const EXAMPLE_RESULTS = ["passed", "known_failure", "failed", "passed_in_spite"] as const;
export type ExampleResult = (typeof EXAMPLE_RESULTS)[number];

export interface ExampleOutcome {
  readonly example: PolicyExample;
  readonly result: ExampleResult;
  /** What was wrong, in words that quote nothing; empty for one that passed. */
  readonly wrong: string;
  /** P(unsafe); null without a verdict. */
  readonly score: number | null;
}

/** Each listens to the signal while it is judged, and Node warns of more than ten listeners. */
const EXAMPLES_IN_FLIGHT = 8;

/**
 * Judges examples as the service would. An example without a verdict has failed.
 * @param modelId of the guard: known failures are a model's, not a policy's
 * @throws GuardError `engine_unavailable` and the like, which say nothing of an example
 */
export function testExamples(
  examples: readonly PolicyExample[],
  { guard, policy, modelId, signal }: { guard: Guard; policy: Policy; modelId: string; signal: AbortSignal },
): Promise<ExampleOutcome[]> {
  return mapInOrder(examples, EXAMPLES_IN_FLIGHT, async (example) => {
    const judgement = await guard
      .moderate({ conversation: example.messages, policy }, { signal })
      .catch((error: unknown) => {
        if (error instanceof GuardError && NO_VERDICT.has(error.code)) return error;
        throw error;
      });
    const score = judgement instanceof GuardError ? null : judgement.score;
    const wrong =
      judgement instanceof GuardError ? `no verdict: ${judgement.code}` : wrongWith(judgement, example);
    const isKnown = example.knownFailures?.some(({ model }) => model === modelId) ?? false;
    return { example, wrong, score, result: resultOf(wrong === "", isKnown) };
  });
}

const NO_VERDICT: ReadonlySet<string> = new Set(["unreadable_output", "too_large", "invalid_request"]);

function resultOf(passed: boolean, isKnown: boolean): ExampleResult {
  if (passed) return isKnown ? "passed_in_spite" : "passed";
  return isKnown ? "known_failure" : "failed";
}

function wrongWith(
  { verdict, score, categories }: Pick<Judgement, "verdict" | "score" | "categories">,
  { verdict: wanted, categories: codes, minScore = 0, maxScore = 1 }: PolicyExample,
): string {
  const violated = categories.filter((category) => category.violated).map(({ code }) => code);
  if (verdict !== wanted) return verdict === "safe" ? "safe" : `unsafe ${violated.join(",")}`;
  if (codes !== undefined && !codes.some((code) => violated.includes(code)))
    return `unsafe ${violated.join(",")}`;
  if (score < minScore) return `score below ${String(minScore)}`;
  return score > maxScore ? `score above ${String(maxScore)}` : "";
}
