/** Rope scaling of Llama 3.1 and later; absent for Llama 3 and Llama Guard 2. */
export interface RopeScaling {
  readonly type: "llama3";
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  readonly originalContextTokens: number;
}

/** Shape of a Llama-architecture decoder. Llama Guard 2 8B: 4096 hidden, 32 layers, 32 heads, 8 kv heads. */
export interface ModelGeometry {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / kvHeads` query heads. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ffnSize: number;
  /** Most positions a sequence may have. */
  readonly contextTokens: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  readonly rmsNormEps: number;
}

/** Bytes of float32 keys plus values held per token over all layers. Llama Guard 2 8B: 256 KiB. */
export const kvBytesPerToken = (g: ModelGeometry): number => 2 * g.layers * g.kvHeads * g.headDim * 4;

/** Weights of all layers' products: every token goes through each of them once. Llama Guard 2 8B: 7.0 billion. */
export const layerWeights = (g: ModelGeometry): number =>
  g.layers * g.hiddenSize * (2 * (g.heads + g.kvHeads) * g.headDim + 3 * g.ffnSize);
