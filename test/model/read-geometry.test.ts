import { describe, expect, it, test } from "@jest/globals";
import { readGeometry } from "../../src/model/index.js";

const LLAMA_GUARD_2 = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  bos_token_id: 128000,
  eos_token_id: 128001,
  hidden_act: "silu",
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 14336,
  max_position_embeddings: 8192,
  model_type: "llama",
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  rope_theta: 500000.0,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  use_cache: true,
  vocab_size: 128256,
};
const LLAMA_31_SCALING = {
  factor: 8,
  high_freq_factor: 4,
  low_freq_factor: 1,
  original_max_position_embeddings: 8192,
  rope_type: "llama3",
};

describe("readGeometry", () => {
  it("reads Llama Guard 2 8B, whose head dimension follows from hidden size and heads", () => {
    expect(readGeometry(LLAMA_GUARD_2)).toEqual({
      ...{ vocabSize: 128256, hiddenSize: 4096, layers: 32, heads: 32, kvHeads: 8, headDim: 128 },
      ...{ ffnSize: 14336, contextTokens: 8192, ropeTheta: 500000, ropeScaling: null, rmsNormEps: 1e-5 },
    });
  });

  it("takes a head dimension that the configuration states", () => {
    expect(readGeometry({ ...LLAMA_GUARD_2, head_dim: 64 }).headDim).toBe(64);
  });

  it("gives every query head its own keys where the configuration does not group them", () => {
    expect(readGeometry({ ...LLAMA_GUARD_2, num_key_value_heads: undefined }).kvHeads).toBe(32);
  });

  it("reads the rope scaling of Llama 3.1, under its old and its new name", () => {
    const expected = {
      ...{ type: "llama3", factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalContextTokens: 8192 },
    };
    expect(readGeometry({ ...LLAMA_GUARD_2, rope_scaling: LLAMA_31_SCALING }).ropeScaling).toEqual(expected);
    const renewed = readGeometry({
      ...LLAMA_GUARD_2,
      ...{ rope_theta: undefined, rope_scaling: undefined },
      rope_parameters: { ...LLAMA_31_SCALING, rope_theta: 250000 },
    });
    expect(renewed).toMatchObject({ ropeTheta: 250000, ropeScaling: expected });
  });

  it("takes base and scaling that stand in two places and are the same there", () => {
    const both = {
      rope_scaling: LLAMA_31_SCALING,
      rope_parameters: { ...LLAMA_31_SCALING, rope_theta: 5e5 },
    };
    const { ropeTheta, ropeScaling } = readGeometry({ ...LLAMA_GUARD_2, ...both });
    expect(ropeTheta).toBe(500000);
    expect(ropeScaling).toMatchObject({ factor: 8 });
  });

  it("passes over settings that are null, and a part of all that is all", () => {
    const rope_parameters = { rope_type: "default", mscale: null, partial_rotary_factor: 1 };
    expect(readGeometry({ ...LLAMA_GUARD_2, rope_parameters }).ropeScaling).toBeNull();
  });

  const refused: [string, object, RegExp][] = [
    ["another architecture", { model_type: "mistral" }, /model_type/],
    ["another activation", { hidden_act: "gelu" }, /hidden_act/],
    ["attention biases", { attention_bias: true }, /attention_bias/],
    ["feed-forward biases", { mlp_bias: true }, /mlp_bias/],
    ["partial rotation", { partial_rotary_factor: 0.5 }, /partial_rotary_factor/],
    ["quantised weights", { quantization_config: { bits: 4 } }, /quantization_config/],
    ["another rope scaling", { rope_scaling: { rope_type: "yarn", factor: 4 } }, /rope scaling/],
    ["rope scaling of the wrong type", { rope_scaling: 8 }, /rope_scaling/],
    ["rope scaling with a factor missing", { rope_scaling: { rope_type: "llama3" } }, /rope_scaling: factor/],
    [
      "a rope scaling that stretches nothing",
      { rope_scaling: { ...LLAMA_31_SCALING, factor: 0.5 } },
      /rope scaling must be >= 1/,
    ],
    [
      "partial rotation beside the base",
      { rope_parameters: { rope_theta: 5e5, partial_rotary_factor: 0.5 } },
      /rope_parameters: partial_rotary_factor/,
    ],
    [
      "a scaling that only one of two places has",
      { rope_scaling: LLAMA_31_SCALING, rope_parameters: { rope_theta: 5e5 } },
      /rope_scaling and rope_parameters contradict/,
    ],
    [
      "another scaling beside a default one",
      { rope_scaling: { rope_type: "yarn", factor: 4 }, rope_parameters: { rope_type: "default" } },
      /rope_scaling: .* not of type llama3/,
    ],
    [
      "two scalings that differ",
      { rope_scaling: LLAMA_31_SCALING, rope_parameters: { ...LLAMA_31_SCALING, factor: 32 } },
      /contradict/,
    ],
    ["two bases that differ", { rope_parameters: { rope_theta: 1e6 } }, /rope_theta is given more than once/],
    ["two types of scaling", { rope_scaling: { ...LLAMA_31_SCALING, type: "yarn" } }, /rope_type and type/],
    [
      "rotation per type of layer",
      { rope_parameters: { full_attention: { rope_theta: 5e5 } } },
      /rope_parameters has "full_attention"/,
    ],
    [
      "a setting of the rotation that is not known",
      { rope_scaling: { mscale: 2 } },
      /rope_scaling has "mscale"/,
    ],
    ["rope parameters that are text", { rope_parameters: "yarn" }, /rope_parameters is neither/],
    ["rope parameters that are a list", { rope_parameters: ["yarn"] }, /rope_parameters is neither/],
    [
      "rope scaling out of order",
      { rope_scaling: { ...LLAMA_31_SCALING, high_freq_factor: 1 } },
      /frequency/,
    ],
    ["heads that keys cannot serve evenly", { num_key_value_heads: 5 }, /evenly/],
    [
      "a fractional head dimension",
      { num_attention_heads: 24, num_key_value_heads: 8 },
      /head_dim, else hidden_size/,
    ],
    ["an absurd number of layers", { num_hidden_layers: 1e9 }, /num_hidden_layers/],
    ["a missing size", { intermediate_size: undefined }, /intermediate_size is missing/],
    ["a size that is text", { vocab_size: "128256" }, /vocab_size/],
    ["a missing epsilon", { rms_norm_eps: undefined }, /^config\.json: rms_norm_eps is missing;/],
    ["an epsilon of zero", { rms_norm_eps: 0 }, /rms_norm_eps must/],
  ];
  test.each(refused)("refuses %s by name", (_, change, message) => {
    expect(() => readGeometry({ ...LLAMA_GUARD_2, ...change })).toThrow(
      expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) }),
    );
  });

  test.each([[null], [[]], ["llama"], [7]])("refuses %j instead of an object", (config) => {
    expect(() => readGeometry(config)).toThrow(expect.objectContaining({ code: "bad_model_file" }));
  });
});
