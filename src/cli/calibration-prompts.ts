import type { CalibrationPrompt } from "../calibrate/index.js";
import type { LabelledRow } from "../dataset/index.js";
import type { Policy } from "../policy/index.js";
import { renderGuardPrompt, type PromptTemplate } from "../prompt/index.js";
import type { Tokenizer } from "../tokenizer/index.js";

export interface CalibrationQuestion {
  /** Longer prompts are left out. */
  readonly contextTokens: number;
  readonly template: PromptTemplate;
  readonly policy: Policy;
  readonly tokenizer: Tokenizer;
}

/**
 * What a guard is asked about conversations, as tokens, up to where it would say its verdict. Prompts about the
 * same role share their head: the tokens that all of them begin with.
 */
export function calibrationPrompts(
  rows: readonly LabelledRow[],
  { contextTokens, template, policy, tokenizer }: CalibrationQuestion,
): CalibrationPrompt[] {
  const opening = tokenizer.encodeText(template.answerPrefix);
  const prompts = rows
    .map(({ messages, target }) => ({
      target,
      tokens: [...tokenizer.encode(renderGuardPrompt(template, policy.categories, messages)), ...opening],
    }))
    .filter(({ tokens }) => tokens.length <= contextTokens);
  const heads = new Map<string, readonly number[]>();
  for (const { target, tokens } of prompts)
    heads.set(target, commonStart(heads.get(target) ?? tokens.slice(0, -1), tokens));
  return prompts.map(({ target, tokens }) => {
    const head = heads.get(target)!;
    return { head, rest: tokens.slice(head.length) };
  });
}

/** At least one token of `other` stays outside: it is the one to be read. */
function commonStart(one: readonly number[], other: readonly number[]): readonly number[] {
  let length = 0;
  while (length < one.length && length < other.length - 1 && one[length] === other[length]) length++;
  return one.slice(0, length);
}

/** Tokens by which `safe` and `unsafe` first differ, as the answer begins. */
export function verdictTokens({ encodeText }: Pick<Tokenizer, "encodeText">): {
  readonly safe: number;
  readonly unsafe: number;
} {
  const [safe, unsafe] = [encodeText("safe"), encodeText("unsafe")];
  const at = safe.findIndex((token, i) => token !== unsafe[i]);
  return { safe: safe[at]!, unsafe: unsafe[at]! };
}
