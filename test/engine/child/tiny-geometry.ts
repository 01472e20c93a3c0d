import type { ModelGeometry } from "../../../src/model/index.js";

/** Small enough to count by hand. */
export const TINY_GEOMETRY: ModelGeometry = {
  ...{ vocabSize: 64, hiddenSize: 8, layers: 2, heads: 2, kvHeads: 2, headDim: 4, ffnSize: 8 },
  ...{ contextTokens: 512, ropeTheta: 10_000, ropeScaling: null, rmsNormEps: 1e-5 },
};
