import type { Judgement } from "../guard/index.js";
import type { Policy } from "../policy/index.js";

/** OpenAI's taxonomy. All names are in every result: some clients read nothing else. */
export const OPENAI_NAMES = [
  "harassment",
  "harassment/threatening",
  "hate",
  "hate/threatening",
  "illicit",
  "illicit/violent",
  "self-harm",
  "self-harm/instructions",
  "self-harm/intent",
  "sexual",
  "sexual/minors",
  "violence",
  "violence/graphic",
] as const;

export interface OpenAiResult {
  readonly flagged: boolean;
  readonly categories: Readonly<Record<string, boolean>>;
  readonly category_scores: Readonly<Record<string, number>>;
  readonly category_applied_input_types: Readonly<Record<string, readonly ["text"]>>;
  readonly portcullis: Pick<Judgement, "verdict" | "score" | "action" | "policy" | "flags">;
}

/**
 * A judgement of every category in OpenAI's shape: its names, and beside them the policy's codes. Clients of
 * this shape block on a flag, so what the policy finds but allows is scored and not flagged.
 */
export function toOpenAiResult(judgement: Judgement, policy: Policy): OpenAiResult {
  const categoryOf = new Map(policy.categories.map((category) => [category.code, category]));
  const categories = new Map<string, boolean>(OPENAI_NAMES.map((name) => [name, false]));
  const scores = new Map<string, number>(OPENAI_NAMES.map((name) => [name, 0]));
  for (const { code, score, violated } of judgement.categories) {
    const category = categoryOf.get(code);
    const flagged = violated && category?.rules[judgement.role].action !== "allow";
    for (const name of [...(category?.openaiNames ?? []), code]) {
      categories.set(name, flagged || categories.get(name) === true);
      scores.set(name, Math.max(score, scores.get(name) ?? 0));
    }
  }
  const { verdict, score, action, policy: judgedBy, flags } = judgement;
  return {
    flagged: action !== "allow",
    categories: Object.fromEntries(categories),
    category_scores: Object.fromEntries(scores),
    category_applied_input_types: Object.fromEntries(
      [...categories.keys()].map((name) => [name, ["text"]] as const),
    ),
    portcullis: { verdict, score, action, policy: judgedBy, flags },
  };
}
