import { Ajv, type ErrorObject } from "ajv";
import { GuardError, lazyValidator } from "../base/index.js";
import { checkGeometry } from "./check-geometry.js";
import { GEOMETRY_SCHEMA } from "./geometry-schema.js";
import type { ModelGeometry } from "./geometry.js";
import { readRope } from "./read-rope.js";

const isGeometry = lazyValidator(() => new Ajv().compile<ModelGeometry>(GEOMETRY_SCHEMA));

/** What people find in a `config.json`. */
const FIELD_NAME: Readonly<Record<keyof ModelGeometry, string>> = {
  vocabSize: "vocab_size",
  hiddenSize: "hidden_size",
  layers: "num_hidden_layers",
  heads: "num_attention_heads",
  kvHeads: "num_key_value_heads",
  headDim: "head_dim, else hidden_size / num_attention_heads,",
  ffnSize: "intermediate_size",
  contextTokens: "max_position_embeddings",
  ropeTheta: "rope_theta",
  ropeScaling: "a number of the rope scaling",
  rmsNormEps: "rms_norm_eps",
};

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
    ...readRope(config),
    rmsNormEps: config.rms_norm_eps,
  };
  if (!isGeometry(geometry)) throw refuse(describe(isGeometry.errors ?? []));
  checkGeometry(geometry, "config.json");
  return geometry;
}

function describe([error]: ErrorObject[]): string {
  const missing = (error?.params as { missingProperty?: string } | undefined)?.missingProperty;
  const field = missing ?? error?.instancePath.split("/")[1] ?? "";
  const name = (FIELD_NAME as Readonly<Record<string, string>>)[field] ?? field;
  return missing === undefined ? `${name} ${String(error?.message)}` : `${name} is missing`;
}

function refuseOtherArithmetic(config: Fields): void {
  if (config.model_type !== "llama") throw refuse("model_type is not llama");
  if ((config.hidden_act ?? "silu") !== "silu") throw refuse("hidden_act is not silu");
  if (config.attention_bias === true) throw refuse("attention_bias is set");
  if (config.mlp_bias === true) throw refuse("mlp_bias is set");
  if ((config.partial_rotary_factor ?? 1) !== 1) throw refuse("partial_rotary_factor is not 1");
  if (config.quantization_config != null) throw refuse("quantization_config says it is already quantised");
}
