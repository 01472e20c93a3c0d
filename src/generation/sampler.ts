import { finiteMax } from "./finite-max.js";
import type { Sampling } from "./generator.js";
import { nucleusOf } from "./nucleus.js";
import type { Random } from "../base/index.js";

/** The part of a request that says how tokens are drawn. */
export type Drawing = Pick<Sampling, "temperature" | "topP" | "presencePenalty" | "frequencyPenalty">;

/**
 * Draws the next token, as OpenAI defines it: penalties come off the logits, temperature divides them, and of what
 * is left only the nucleus may be drawn. Tokens are walked in order of their ids, so that rounding, which differs
 * with what a step packs, hardly ever changes what a seed draws.
 * @param logits float32 [V]; left as they are
 * @param counts how often the answer holds each of its tokens
 * @throws GuardError `unreadable_output` when a score is not finite
 */
export function sampleToken(
  logits: Float32Array,
  drawing: Drawing,
  counts: ReadonlyMap<number, number>,
  random: Random,
): number {
  const { temperature, topP } = drawing;
  const scores = penalized(logits, drawing, counts);
  const highest = finiteMax(scores);
  if (temperature === 0) return scores.indexOf(highest);
  const weights = new Float64Array(scores.length);
  let total = 0;
  for (let token = 0; token < scores.length; token++) {
    const weight = Math.exp((scores[token]! - highest) / temperature);
    weights[token] = weight;
    total += weight;
  }
  if (topP === 1) return drawByWeight(weights, total, random);
  const nucleus = nucleusOf(weights, total, topP);
  const kept = Float64Array.from(nucleus, (token) => weights[token]!);
  return nucleus[drawByWeight(kept, sumOf(kept), random)]!;
}

/** @see https://platform.openai.com/docs/api-reference/completions, frequency and presence penalties */
function penalized(
  logits: Float32Array,
  { presencePenalty, frequencyPenalty }: Drawing,
  counts: ReadonlyMap<number, number>,
): Float32Array {
  if (counts.size === 0 || (presencePenalty === 0 && frequencyPenalty === 0)) return logits;
  const scores = logits.slice();
  for (const [token, count] of counts) scores[token]! -= presencePenalty + count * frequencyPenalty;
  return scores;
}

/** @returns an index */
function drawByWeight(weights: Float64Array, total: number, random: Random): number {
  let left = random() * total;
  let drawn = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] === 0) continue;
    drawn = index; // the last one, should rounding carry the draw beyond it
    left -= weights[index]!;
    if (left < 0) break;
  }
  return drawn;
}

const sumOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);
