/** Weights of 8-bit integers with one scale per output: weight[o][i] is about `values[o][i] * scales[o]`. */
export interface Int8Weights {
  /** Same order as the source, `[out, in]`. */
  readonly values: Int8Array;
  /** Positive, `[out]`. */
  readonly scales: Float32Array;
}

/**
 * Largest magnitude of a quantised weight. Two products of an unsigned activation and a weight are added in
 * 16 bits on processors without VNNI: 2 * 255 * 64 fits, 2 * 255 * 127 saturates silently. The eighth bit
 * would be worth half a bit of accuracy in practice and a wrong answer on some machines.
 */
export const MAX_WEIGHT = 63;

/** Symmetric quantisation to -63..63, one scale per row, ties away from zero. */
export function quantizeInt8(weights: Float32Array, outputs: number): Int8Weights {
  const width = weights.length / outputs;
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const row = weights.subarray(output * width, (output + 1) * width);
    let largest = 0;
    for (const weight of row) largest = Math.max(largest, Math.abs(weight));
    const scale = Math.fround(largest / MAX_WEIGHT) || 1; // a row of zeros stays one
    scales[output] = scale;
    for (let i = 0; i < width; i++) {
      const rounded = Math.round(row[i]! / scale);
      values[output * width + i] = Math.max(-MAX_WEIGHT, Math.min(MAX_WEIGHT, rounded));
    }
  }
  return { values, scales };
}
