import { GuardError } from "../base/index.js";

/** What a server tells of the token that comes next. */
export interface LikelyTokens {
  /** Natural logarithms by token id, of the whole vocabulary's softmax. Only the likeliest are there. */
  readonly logprobs: ReadonlyMap<number, number>;
  /** Logarithm of what no token that is left out can exceed. */
  readonly untold: number;
  /** Prompt tokens that the server had at hand; 0 where it does not say. */
  readonly cachedTokens: number;
}

/** Servers round to four digits or more, and add up twenty of them. */
const ROUNDING = 1e-3;
/** Logarithms are rounded too: what seems nothing may be as much as this. */
const LEAST_REST = 1e-6;
/** Stands for "very unlikely" in vLLM. */
const HARDLY_EVER = -9_999;

/**
 * A token that is left out is no likelier than the least likely one told, nor than all that the told ones leave.
 * @param told logarithms by id
 * @throws GuardError `unreadable_output` for numbers that are no logarithms of probabilities
 */
export function likelyTokens(told: ReadonlyMap<number, number>, cachedTokens: number): LikelyTokens {
  let sum = 0;
  let least = 0;
  for (const logprob of told.values()) {
    if (!Number.isFinite(logprob) || logprob > ROUNDING) throw strange();
    sum += Math.exp(logprob);
    least = Math.min(least, logprob);
  }
  if (told.size === 0 || sum > 1 + ROUNDING) throw strange();
  const rest = Math.log(Math.max(0, 1 - sum) + LEAST_REST);
  return { logprobs: told, untold: Math.max(HARDLY_EVER, Math.min(least, rest)), cachedTokens };
}

const strange = (): GuardError =>
  new GuardError("unreadable_output", "the guard's server tells probabilities that cannot be any");
