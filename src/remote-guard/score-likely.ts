import { GuardError } from "../base/index.js";
import type { ScoreResult } from "../engine/index.js";
import type { LikelyTokens } from "./likely-tokens.js";

export interface VerdictTokens {
  readonly safe: number;
  readonly unsafe: number;
}

/**
 * Reads a verdict as the embedded engine does: a softmax over the two words, and what they hold together.
 *
 * Where only one of the words is among the likeliest tokens, the other's probability lies between 0 and a bound
 * that is known. The strictest number within it is taken: an absent `unsafe` counts as its bound, an absent
 * `safe` as nothing. Of twenty tokens the last has at most a twentieth; where the words hold 0.9 together, the
 * score is then off by less than 0.006. `mass` counts what was told and so errs to the low side.
 *
 * @throws GuardError `unreadable_output` when neither word is told
 */
export function scoreLikely(
  { logprobs, untold }: LikelyTokens,
  tokens: VerdictTokens,
): Pick<ScoreResult, "scoreUnsafe" | "mass"> {
  const [forSafe, forUnsafe] = [logprobs.get(tokens.safe), logprobs.get(tokens.unsafe)];
  if (forSafe === undefined && forUnsafe === undefined)
    throw new GuardError("unreadable_output", "the model's answer opens with neither safe nor unsafe");
  const mass = Math.min(1, share(forSafe) + share(forUnsafe));
  const scoreUnsafe = forSafe === undefined ? 1 : 1 / (1 + Math.exp(forSafe - (forUnsafe ?? untold)));
  return { scoreUnsafe, mass };
}

const share = (logprob: number | undefined): number => (logprob === undefined ? 0 : Math.exp(logprob));
