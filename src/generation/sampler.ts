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
  const scores = penalized(logits, drawing, counts);
  const highest = finiteMax(scores);
  if (drawing.temperature === 0) return scores.indexOf(highest);
  const weights = new Float64Array(scores.length);
  for (let token = 0; token < scores.length; token++)
    weights[token] = Math.exp((scores[token]! - highest) / drawing.temperature);
  if (drawing.topP < 1) {
    const isInNucleus = nucleusOf(weights, drawing.topP);
    for (let token = 0; token < weights.length; token++) if (!isInNucleus(token)) weights[token] = 0;
  }
  return drawByWeight(weights, random);
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

function drawByWeight(weights: Float64Array, random: Random): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let left = random() * total;
  let drawn = 0;
  for (let token = 0; token < weights.length; token++) {
    if (weights[token] === 0) continue;
    drawn = token; // the last one, should rounding carry the draw beyond it
    left -= weights[token]!;
    if (left < 0) break;
  }
  return drawn;
}
