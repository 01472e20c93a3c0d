import type { CalibrationPrompt } from "../calibrate/index.js";
import type { LabelledRow } from "../dataset/index.js";
import { renderGuardPrompt, renderLlama3Chat } from "../prompt/index.js";
import type { Tokenizer } from "../tokenizer/index.js";
import type { GuardQuestion } from "./guard-question.js";

type Encoder = Pick<Tokenizer, "encode" | "encodeText">;

/**
 * What a guard is asked about conversations, as tokens, up to where it would say its verdict. Prompts about the
 * same role share their head.
 */
export function guardPrompts(
  rows: readonly LabelledRow[],
  { template, policy }: GuardQuestion,
  { encode, encodeText }: Encoder,
): CalibrationPrompt[] {
  const opening = encodeText(template.answerPrefix);
  return behindHeads(
    rows.map(({ messages, target }) => ({
      kind: target,
      tokens: [...encode(renderGuardPrompt(template, policy.categories, messages)), ...opening],
    })),
  );
}

/** Conversations as a generator reads them, up to where its next message begins. */
export const chatPrompts = (rows: readonly LabelledRow[], { encode }: Encoder): CalibrationPrompt[] =>
  behindHeads(rows.map(({ messages }) => ({ kind: "chat", tokens: encode(renderLlama3Chat(messages)) })));

/** A head is what all prompts of a kind begin with; of each at least one token is left, the one to be read. */
function behindHeads(
  prompts: readonly { readonly kind: string; readonly tokens: readonly number[] }[],
): CalibrationPrompt[] {
  const heads = new Map<string, readonly number[]>();
  for (const { kind, tokens } of prompts)
    heads.set(kind, commonStart(heads.get(kind) ?? tokens, tokens.slice(0, -1)));
  return prompts.map(({ kind, tokens }) => {
    const head = heads.get(kind)!;
    return { head, rest: tokens.slice(head.length) };
  });
}

function commonStart(one: readonly number[], other: readonly number[]): readonly number[] {
  const end = one.findIndex((token, i) => token !== other[i]);
  return end < 0 ? one : one.slice(0, end);
}

/** Tokens by which `safe` and `unsafe` first differ, as the answer begins. */
export function verdictTokens({ encodeText }: Pick<Encoder, "encodeText">): {
  readonly safe: number;
  readonly unsafe: number;
} {
  const [safe, unsafe] = [encodeText("safe"), encodeText("unsafe")];
  const at = safe.findIndex((token, i) => token !== unsafe[i]);
  return { safe: safe[at]!, unsafe: unsafe[at]! };
}
