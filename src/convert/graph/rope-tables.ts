import type { ModelGeometry } from "../../model/index.js";
import { fromFloat32 } from "../float-elements.js";
import { tensorOf, type FloatType, type Tensor } from "../tensor.js";

/** Cosines and sines by which positions turn queries and keys: `[contextTokens, headDim / 2]` each. */
export function ropeTables(geometry: ModelGeometry, elementType: FloatType): { cos: Tensor; sin: Tensor } {
  const frequencies = ropeFrequencies(geometry);
  const shape = [geometry.contextTokens, frequencies.length];
  const cos = new Float32Array(geometry.contextTokens * frequencies.length);
  const sin = new Float32Array(cos.length);
  for (let position = 0, i = 0; position < geometry.contextTokens; position++)
    for (const frequency of frequencies) {
      cos[i] = Math.cos(position * frequency);
      sin[i++] = Math.sin(position * frequency);
    }
  const table = (values: Float32Array): Tensor =>
    tensorOf(elementType, shape, fromFloat32(elementType, values));
  return { cos: table(cos), sin: table(sin) };
}

/**
 * Radians per position of every pair. Llama 3.1 stretches slow pairs, whose wave is longer than the context it
 * was first trained with, by `factor`; fast ones stay; those between are blended.
 */
function ropeFrequencies({ headDim, ropeTheta, ropeScaling }: ModelGeometry): number[] {
  const plain = Array.from({ length: headDim / 2 }, (_, i) => ropeTheta ** ((-2 * i) / headDim));
  if (ropeScaling === null) return plain;
  const { factor, lowFreqFactor, highFreqFactor, originalContextTokens } = ropeScaling;
  return plain.map((frequency) => {
    const wavesInContext = (originalContextTokens * frequency) / (2 * Math.PI);
    const kept = (wavesInContext - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    const share = Math.min(1, Math.max(0, kept));
    return share * frequency + ((1 - share) * frequency) / factor;
  });
}
