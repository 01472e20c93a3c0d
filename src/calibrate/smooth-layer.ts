import { largestOfGroup, type LayerSmoothing, type PerSite } from "../convert/index.js";
import type { ModelGeometry } from "../model/index.js";

/** Largest magnitude by channel; here attentionOut has heads * headDim. */
export type ActivationPeaks = PerSite;

/**
 * No divisor is further from the mean of its site than this factor, either way. Outliers of Llama models are
 * some hundred times the rest, of which alpha leaves a part; a channel that calibration hardly saw may be loud
 * one day, and must not have been turned up without bound.
 */
const MAX_FACTOR = 256;

/**
 * Divisors that even out activations at the cost of weights: `peakX^alpha / peakW^(1 - alpha)`, over the
 * geometric mean of the site, since neither integers with a scale per token and per output nor floats notice a
 * common factor.
 *
 * Powers of two would leave every float as exact as it was, but they miss the best divisor by up to 1.41: on the
 * starter guard in int8 the residual stream then was off by 0.0253 instead of 0.0237 (0.0260 unsmoothed), with
 * planted outliers 32 times as loud by 0.0267 instead of 0.0243 (0.0876). What multiplying once in float32 costs
 * cannot be seen beside that, so they are not rounded.
 * @param alpha 0..1
 * @see SmoothQuant, https://arxiv.org/abs/2211.10438, equation 4
 */
export function smoothLayer(
  peaks: ActivationPeaks,
  weightPeaks: PerSite,
  geometry: ModelGeometry,
  alpha: number,
): LayerSmoothing {
  return {
    attentionIn: divisorsOf(peaks.attentionIn, weightPeaks.attentionIn, alpha),
    // A value is read by every query head of its group: the loudest reader counts.
    attentionOut: divisorsOf(largestOfGroup(peaks.attentionOut, geometry), weightPeaks.attentionOut, alpha),
    mlpIn: divisorsOf(peaks.mlpIn, weightPeaks.mlpIn, alpha),
    mlpDown: divisorsOf(peaks.mlpDown, weightPeaks.mlpDown, alpha),
  };
}

function divisorsOf(peaks: Float32Array, weightPeaks: Float32Array, alpha: number): Float32Array {
  // Logarithms; null for a channel that is always zero or that nothing reads, which stays as it is.
  const wanted = Array.from(peaks, (peak, channel) => {
    const weight = weightPeaks[channel]!;
    return peak > 0 && weight > 0 ? alpha * Math.log(peak) - (1 - alpha) * Math.log(weight) : null;
  });
  const alive = wanted.filter((divisor) => divisor !== null);
  const mean = alive.reduce((sum, divisor) => sum + divisor, 0) / alive.length;
  return Float32Array.from(wanted, (divisor) =>
    divisor === null ? 1 : Math.min(MAX_FACTOR, Math.max(1 / MAX_FACTOR, Math.exp(divisor - mean))),
  );
}
