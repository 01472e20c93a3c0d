import type { ChatEvent, ChatGateOptions, StageVerdict } from "../../chat/index.js";
import type { Judgement } from "../../guard/index.js";
import type { Policy } from "../../policy/index.js";
import { toOpenAiResult } from "../openai-result.js";
import type { ModerationWish } from "./common-request.js";

/** The field `moderation` of an answer, in OpenAI's shape. A side of which a part was not judged is an error. */
export const moderationResults = (
  { input, output }: Extract<ChatEvent, { type: "verdicts" }>,
  policy: Policy,
): object => ({ input: sideOf([input], policy), output: sideOf(output, policy) });

function sideOf(verdicts: readonly StageVerdict[], policy: Policy): object {
  const judged = verdicts.filter(isJudgement);
  const [first] = judged;
  if (first === undefined || judged.length < verdicts.length) return errorOf(verdicts);
  return {
    type: "moderation_results",
    model: first.model.id,
    results: judged.map((judgement) => {
      const result = toOpenAiResult(judgement, policy);
      return {
        type: "moderation_result",
        model: judgement.model.id,
        flagged: result.flagged,
        categories: result.categories,
        category_scores: result.category_scores,
        category_applied_input_types: result.category_applied_input_types,
      };
    }),
  };
}

function errorOf(verdicts: readonly StageVerdict[]): object {
  const code = verdicts.find((one) => typeof one === "string");
  return code === undefined
    ? { type: "error", code: "not_judged", message: "there was nothing to judge" }
    : { type: "error", code, message: "the guard could not judge this" };
}

const isJudgement = (verdict: StageVerdict): verdict is Judgement =>
  verdict !== null && typeof verdict !== "string";

/** A caller may be stricter than the policy, never milder: `score` leaves a gate that blocks as it is. */
export const modesFor = (
  policy: Policy,
  wish: ModerationWish | null | undefined,
): ChatGateOptions["modes"] => ({
  input: wish?.policy?.input?.mode === "block" ? "enforce" : policy.modes.input,
  output: wish?.policy?.output?.mode === "block" ? "enforce" : policy.modes.output,
});
