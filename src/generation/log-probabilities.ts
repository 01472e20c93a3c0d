import { finiteMax } from "./finite-max.js";

/** A token and the natural logarithm of its probability, at most 0. */
export interface LikelyToken {
  readonly token: number;
  readonly logprob: number;
}

/**
 * What the model itself gave a token and its strongest rivals: neither temperature nor penalties count.
 * @param logits float32 [V]
 * @param topCount how many of the likeliest to tell, likeliest first; of equals, the lower id
 * @throws GuardError `unreadable_output` when a score is not finite
 */
export function logProbabilities(
  logits: Float32Array,
  chosen: number,
  topCount: number,
): { readonly chosen: LikelyToken; readonly top: readonly LikelyToken[] } {
  const highest = finiteMax(logits);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const logTotal = highest + Math.log(total);
  const tell = (token: number): LikelyToken => ({ token, logprob: Math.min(0, logits[token]! - logTotal) });
  return { chosen: tell(chosen), top: likeliest(logits, topCount).map(tell) };
}

/** The few best, kept in order while all pass by. */
function likeliest(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  if (count === 0) return best;
  for (let token = 0; token < logits.length; token++) {
    if (best.length === count && logits[token]! <= logits[best.at(-1)!]!) continue;
    if (best.length === count) best.pop();
    const at = best.findIndex((other) => logits[token]! > logits[other]!);
    best.splice(at < 0 ? best.length : at, 0, token);
  }
  return best;
}
