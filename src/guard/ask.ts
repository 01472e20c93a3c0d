import { GuardError, mapInOrder } from "../base/index.js";
import type { CallOptions, Engine, ScoreResult } from "../engine/index.js";
import type { PolicyCategory } from "../policy/index.js";
import { renderGuardPrompt, type Conversation, type PromptTemplate } from "../prompt/index.js";
import type { Reading } from "./decide.js";
import type { CategoryScoring } from "./guard.js";

/** Below this share the model is saying something other than a verdict, and no number read off it means much. */
const MIN_MASS = 0.5;
/** More than any P(unsafe): codes are never decoded. */
export const NEVER = 2;

export interface Question {
  readonly template: PromptTemplate;
  readonly categories: readonly PolicyCategory[];
  readonly scores: CategoryScoring | undefined;
  /** Least P(unsafe) from which a category could be violated. */
  readonly decodeFrom: number;
}

export interface Answer {
  readonly reading: Reading;
  /** Of every prompt that went to the engine for this reading. */
  readonly results: readonly ScoreResult[];
}

/**
 * Puts one window of a conversation before the model: one prompt with all categories and, for independent
 * scores, one more per category that shows the model nothing else.
 *
 * @throws GuardError `unreadable_output` when the model says neither safe nor unsafe: that is never safe
 */
export async function ask(
  engine: Pick<Engine, "score">,
  { template, categories, scores, decodeFrom }: Question,
  window: Conversation,
  options: CallOptions,
): Promise<Answer> {
  const show = async (shown: readonly PolicyCategory[], from: number): Promise<ScoreResult> => {
    const prompt = renderGuardPrompt(template, shown, window);
    const answer = { prefix: template.answerPrefix, codes: shown.map(({ code }) => code) };
    const result = await engine.score({ prompt, answer, decodeFrom: from }, options);
    if (!(result.mass >= MIN_MASS))
      throw new GuardError("unreadable_output", "the model's answer opens with neither safe nor unsafe");
    return result;
  };
  const whole = await show(categories, scores === undefined ? decodeFrom : 0);
  // One by one: prompts with different heads cannot share a step, so asking at once would only fill the queue.
  const apart = scores === "independent" ? categories : [];
  const single = await mapInOrder(apart, 1, (category) => show([category], NEVER));
  const alone =
    scores === "independent"
      ? new Map(categories.map(({ code }, at) => [code, single[at]!.scoreUnsafe] as const))
      : null;
  return {
    reading: { scoreUnsafe: whole.scoreUnsafe, codes: whole.codes, alone },
    results: [whole, ...single],
  };
}
