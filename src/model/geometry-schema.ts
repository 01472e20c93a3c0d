/** Reads like the type; the ceilings stop a crafted file from asking for absurd amounts of memory. */
const upTo = (maximum: number) => ({ type: "integer", minimum: 1, maximum }) as const;

/** JSON Schema of `ModelGeometry`, for manifests and for what is derived from a `config.json`. */
export const GEOMETRY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: [
    "vocabSize",
    "hiddenSize",
    "layers",
    "heads",
    "kvHeads",
    "headDim",
    "ffnSize",
    "contextTokens",
    "ropeTheta",
    "ropeScaling",
    "rmsNormEps",
  ],
  properties: {
    vocabSize: upTo(1_048_576), // the largest vocabularies in use have about 262,000 entries
    hiddenSize: upTo(65_536), // Llama 3.1 405B: 16,384
    layers: upTo(512), // 405B: 126
    heads: upTo(1024), // 405B: 128
    kvHeads: upTo(1024),
    headDim: { ...upTo(1024), multipleOf: 2 }, // rotary embedding turns pairs
    ffnSize: upTo(262_144), // 405B: 53,248
    contextTokens: upTo(1_048_576), // Llama 3.1: 131,072; the rotary tables grow with it
    ropeTheta: { type: "number", exclusiveMinimum: 1 },
    ropeScaling: {
      type: "object",
      nullable: true,
      additionalProperties: false,
      required: ["type", "factor", "lowFreqFactor", "highFreqFactor", "originalContextTokens"],
      properties: {
        type: { const: "llama3" },
        factor: { type: "number", minimum: 1 },
        lowFreqFactor: { type: "number", exclusiveMinimum: 0 },
        highFreqFactor: { type: "number", exclusiveMinimum: 0 },
        originalContextTokens: upTo(1_048_576),
      },
    },
    rmsNormEps: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  },
} as const;
