import { followSignal, GuardError } from "../base/index.js";
import type { CallOptions, Engine } from "../engine/index.js";
import type { Policy, PolicyCategory } from "../policy/index.js";
import { judgedMessage, type PromptTemplates } from "../prompt/index.js";
import { recordFailure, withSpan } from "../telemetry/index.js";
import type { Question } from "./ask.js";
import { uncalibrated } from "./calibrate-score.js";
import { decide, lowestThreshold } from "./decide.js";
import type { Examination, Examiner, Guard, ModerationRequest } from "./guard.js";
import { recordJudgement, sumTimings, sumUsage } from "./measure.js";
import { createReader } from "./read-conversation.js";

export interface GuardDeps {
  readonly engine: Pick<Engine, "info" | "score" | "count" | "split">;
  readonly templates: PromptTemplates;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
}

export function createGuard({
  engine,
  templates,
  clock = () => performance.now(),
}: GuardDeps): Guard & Examiner {
  const read = createReader(engine);

  async function judge(request: ModerationRequest, options: CallOptions): Promise<Examination> {
    const startMs = clock();
    const { policy, conversation, scores } = request;
    const { role } = judgedMessage(conversation);
    const categories = chosenCategories(policy, request.categories);
    const question: Question = {
      template: templates[policy.template],
      categories,
      scores,
      decodeFrom: uncalibrated(lowestThreshold(categories, role), policy.calibration),
    };

    const { readings, flags, results } = await read(question, conversation, options);
    const decision = decide(categories, role, readings, policy.calibration);
    const violated = decision.categories.filter((category) => category.violated);
    const judgement: Examination["judgement"] = {
      verdict: violated.length > 0 ? "unsafe" : "safe",
      score: decision.score,
      categories: scores === undefined ? violated : decision.categories,
      action: decision.action,
      role,
      scoring: scores ?? "listed",
      flags,
      policy: { id: policy.id, version: policy.version, sha256: policy.sha256 },
      model: { id: engine.info.modelId, sha256: engine.info.modelSha256 },
      usage: sumUsage(results),
      timings: sumTimings(results, clock() - startMs),
    };
    return { judgement, namedAt: decision.namedAt };
  }

  const examine = (request: ModerationRequest, options: CallOptions = {}): Promise<Examination> =>
    withSpan("moderate", { "portcullis.policy": request.policy.id }, async (annotate) => {
      try {
        const examination = await abandonTogether(options, (own) => judge(request, own));
        recordJudgement(examination.judgement, annotate);
        return examination;
      } catch (error) {
        recordFailure({ code: error instanceof GuardError ? error.code : "internal", stage: "moderate" });
        throw error;
      }
    });

  return {
    examine,
    moderate: async (request, options) => (await examine(request, options)).judgement,
  };
}

/** Runs `work` under a signal of its own: when one of its prompts fails, the others are not computed in vain. */
async function abandonTogether<T>(options: CallOptions, work: (own: CallOptions) => Promise<T>): Promise<T> {
  using own = followSignal(options.signal);
  try {
    return await work({ signal: own.controller.signal });
  } finally {
    own.controller.abort(new GuardError("canceled", "another part of the same request failed"));
  }
}

function chosenCategories(policy: Policy, codes: readonly string[] | undefined): readonly PolicyCategory[] {
  if (codes === undefined) return policy.categories;
  if (codes.length === 0)
    throw new GuardError("invalid_request", "name at least one category", { pointer: "/categories" });
  const unknown = codes.findIndex((code) => !policy.categories.some((category) => category.code === code));
  if (unknown >= 0)
    throw new GuardError("invalid_request", `policy ${policy.id} has no such category`, {
      pointer: `/categories/${String(unknown)}`,
    });
  return policy.categories.filter(({ code }) => codes.includes(code));
}
