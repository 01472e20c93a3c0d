import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeSafetensors, type FloatType } from "../../fixtures/encode-safetensors.js";
import { seededRandom } from "../../fixtures/seeded-random.js";
import { tempFolder } from "../../fixtures/temp-folder.js";

/** Shapes of an odd little base: nothing is square, nothing a multiple of four. */
export const BASE: ReadonlyMap<string, readonly number[]> = new Map([
  ["model.embed_tokens.weight", [33, 7]],
  ["model.layers.0.input_layernorm.weight", [7]],
  ["model.layers.0.self_attn.q_proj.weight", [10, 7]],
  ["model.layers.0.self_attn.v_proj.weight", [3, 7]],
  ["model.layers.1.self_attn.q_proj.weight", [10, 7]],
  ["model.layers.1.mlp.down_proj.weight", [7, 13]],
  ["lm_head.weight", [33, 7]],
]);

export const Q0 = "model.layers.0.self_attn.q_proj";
export const V0 = "model.layers.0.self_attn.v_proj";
export const DOWN1 = "model.layers.1.mlp.down_proj";

/** As PEFT 0.21 writes it for plain LoRA. */
export const CONFIG = {
  ...{ alora_invocation_tokens: null, alpha_pattern: {}, arrow_config: null, auto_mapping: null },
  ...{ base_model_name_or_path: "meta-llama/Meta-Llama-Guard-2-8B", bias: "none", corda_config: null },
  ...{ ensure_weight_tying: false, eva_config: null, exclude_modules: null, fan_in_fan_out: false },
  ...{ inference_mode: true, init_lora_weights: true, kasa_config: null, layer_replication: null },
  ...{ layers_pattern: null, layers_to_transform: null, loftq_config: {}, lora_alpha: 32, lora_bias: false },
  ...{ lora_dropout: 0.05, lora_ga_config: null, megatron_config: null, megatron_core: "megatron.core" },
  ...{ modules_to_save: null, monteclora_config: null, peft_type: "LORA", peft_version: "0.21.0" },
  ...{ qalora_group_size: 16, r: 5, rank_pattern: {}, revision: null, task_type: "CAUSAL_LM" },
  ...{ target_modules: ["q_proj", "v_proj", "down_proj"], target_parameters: null },
  ...{ trainable_token_indices: null, use_bdlora: null, use_dora: false, use_qalora: false },
  ...{ use_rslora: false, velora_config: null },
};

export interface Factor {
  shape: number[];
  values: Float32Array;
}
export type Factors = Map<string, Factor>;

const factor = (seed: number, rows: number, columns: number): Factor => {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: rows * columns }, () => Math.round(random() * 254 - 127) / 128);
  return { shape: [rows, columns], values };
};

/** Both factors of modules of the base, under the names PEFT saves them by. */
export function factorsOf(ranks: Readonly<Record<string, number>>): Factors {
  const factors: Factors = new Map();
  Object.entries(ranks).forEach(([module, rank], seed) => {
    const [out, width] = BASE.get(`${module}.weight`) as [number, number];
    factors.set(`base_model.model.${module}.lora_A.weight`, factor(2 * seed, rank, width));
    factors.set(`base_model.model.${module}.lora_B.weight`, factor(2 * seed + 1, out, rank));
  });
  return factors;
}

export interface Written {
  config?: Record<string, unknown>;
  factors?: Factors;
  dtype?: FloatType;
}

/** @returns path of a new folder; by default a plain adapter of rank 5 over three modules */
export function writeAdapter({ config = {}, factors, dtype = "F32" }: Written = {}): string {
  const dir = tempFolder();
  const tensors = factors ?? factorsOf({ [Q0]: 5, [V0]: 5, [DOWN1]: 5 });
  const named = [...tensors].map(([name, { shape, values }]) => ({ name, shape, values }));
  writeFileSync(join(dir, "adapter_config.json"), JSON.stringify({ ...CONFIG, ...config }));
  writeFileSync(join(dir, "adapter_model.safetensors"), encodeSafetensors(named, dtype));
  return dir;
}
