import { Ajv } from "ajv";
import { GuardError } from "../base/index.js";
import { checkGeometry } from "./check-geometry.js";
import { GEOMETRY_SCHEMA } from "./geometry-schema.js";
import type { ModelGeometry } from "./geometry.js";

const isGeometry = new Ajv().compile<ModelGeometry>(GEOMETRY_SCHEMA);

const refuse = (detail: string): GuardError =>
  new GuardError("bad_model_file", `config.json: ${detail}; only plain Llama decoders are supported`);

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Geometry from a Hugging Face `config.json` of the Llama architecture (Llama 2 to 3.x). What would change
 * the arithmetic and is not understood is refused by name rather than passed over.
 * @param config what `JSON.parse` made of the file
 * @throws GuardError `bad_model_file`
 */
export function readGeometry(config: unknown): ModelGeometry {
  if (!isFields(config)) throw refuse("it is not an object");
  refuseOtherArithmetic(config);
  // Since Transformers 5 base and scaling stand together under `rope_parameters`.
  const rope = isFields(config.rope_parameters) ? config.rope_parameters : config.rope_scaling;
  const heads = config.num_attention_heads;
  const geometry: Record<keyof ModelGeometry, unknown> = {
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads: config.num_key_value_heads ?? heads,
    headDim: config.head_dim ?? Number(config.hidden_size) / Number(heads),
    ffnSize: config.intermediate_size,
    contextTokens: config.max_position_embeddings,
    ropeTheta: (isFields(rope) ? rope.rope_theta : undefined) ?? config.rope_theta ?? 10_000, // Llama 1 and 2
    ropeScaling: readRopeScaling(rope),
    rmsNormEps: config.rms_norm_eps,
  };
  if (!isGeometry(geometry)) {
    const error = isGeometry.errors?.[0];
    throw refuse(`${String(error?.instancePath)} (in this project's naming) ${String(error?.message)}`);
  }
  checkGeometry(geometry, "config.json");
  return geometry;
}

function refuseOtherArithmetic(config: Fields): void {
  if (config.model_type !== "llama") throw refuse("model_type is not llama");
  if ((config.hidden_act ?? "silu") !== "silu") throw refuse("hidden_act is not silu");
  if (config.attention_bias === true) throw refuse("attention_bias is set");
  if (config.mlp_bias === true) throw refuse("mlp_bias is set");
  if ((config.partial_rotary_factor ?? 1) !== 1) throw refuse("partial_rotary_factor is not 1");
  if (config.quantization_config != null) throw refuse("quantization_config says it is already quantised");
}

function readRopeScaling(rope: unknown): unknown {
  if (rope == null) return null;
  if (!isFields(rope)) throw refuse("rope_scaling is neither null nor an object");
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type === "default") return null;
  if (type !== "llama3") throw refuse("the rope scaling is not of type llama3");
  return {
    type,
    factor: rope.factor,
    lowFreqFactor: rope.low_freq_factor,
    highFreqFactor: rope.high_freq_factor,
    originalContextTokens: rope.original_max_position_embeddings,
  };
}
