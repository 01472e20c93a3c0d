import { followSignal, GuardError, mapInOrder } from "../base/index.js";
import type { CallOptions, Engine } from "../engine/index.js";
import type { Policy, PolicyCategory } from "../policy/index.js";
import {
  hasDelimiterSpoof,
  judgedMessage,
  neutralizeDelimiters,
  type Conversation,
  type PromptTemplates,
} from "../prompt/index.js";
import { recordFailure, withSpan } from "../telemetry/index.js";
import { ask, type Question } from "./ask.js";
import { decide, lowestThreshold } from "./decide.js";
import type { Examination, Examiner, Guard, ModerationRequest } from "./guard.js";
import { recordJudgement, sumTimings, sumUsage } from "./measure.js";
import { createRoom } from "./room.js";
import { planWindows } from "./windows.js";

export interface GuardDeps {
  readonly engine: Pick<Engine, "info" | "score" | "count" | "split">;
  readonly templates: PromptTemplates;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
}

/**
 * Prompts of one judgement that are with the engine at once: the raw and the neutralised version of a message
 * share a step. More would let a long conversation fill the queue and be refused because of itself.
 */
const PROMPTS_IN_FLIGHT = 2;

/** A model at ease with its task puts nearly everything on the words `safe` and `unsafe`. */
const USUAL_MASS = 0.9;

export function createGuard({
  engine,
  templates,
  clock = () => performance.now(),
}: GuardDeps): Guard & Examiner {
  const roomFor = createRoom(engine);

  async function judge(request: ModerationRequest, options: CallOptions): Promise<Examination> {
    const startMs = clock();
    const { policy, conversation, scores } = request;
    const { role } = judgedMessage(conversation);
    const categories = chosenCategories(policy, request.categories);
    const question: Question = {
      template: templates[policy.template],
      categories,
      scores,
      decodeFrom: lowestThreshold(categories, role),
    };

    const roomTokens = await roomFor(question.template, categories, role, options);
    const neutral = neutralized(conversation);
    const versions = neutral === null ? [conversation] : [conversation, neutral];
    const windows = await Promise.all(versions.map((one) => planWindows(one, roomTokens, engine, options)));
    const answers = await mapInOrder(windows.flat(), PROMPTS_IN_FLIGHT, (one) =>
      ask(engine, question, one, options),
    );

    const results = answers.flatMap((answer) => answer.results);
    const readings = answers.map(({ reading }) => reading);
    const decision = decide(categories, role, readings);
    const violated = decision.categories.filter((category) => category.violated);
    const judgement: Examination["judgement"] = {
      verdict: violated.length > 0 ? "unsafe" : "safe",
      score: decision.score,
      categories: scores === undefined ? violated : decision.categories,
      action: decision.action,
      role,
      scoring: scores ?? "listed",
      flags: [
        ...(neutral === null ? [] : (["delimiter_spoof"] as const)),
        ...(windows.some(({ length }) => length > 1) ? (["windowed"] as const) : []),
        ...(results.some(({ mass }) => mass < USUAL_MASS) ? (["low_mass"] as const) : []),
      ],
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

/** The conversation with everything that imitates the prompt's structure defused; null when nothing does. */
function neutralized(conversation: Conversation): Conversation | null {
  if (!conversation.some(({ content }) => hasDelimiterSpoof(content))) return null;
  const [first, ...rest] = conversation;
  const defused = (message: typeof first): typeof first => ({
    role: message.role,
    content: neutralizeDelimiters(message.content),
  });
  return [defused(first), ...rest.map(defused)];
}
