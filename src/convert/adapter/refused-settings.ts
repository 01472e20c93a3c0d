/**
 * Settings of `adapter_config.json` under which a merged weight is more than `W + scale * (B @ A)`, and why. They
 * must be absent, null, false or empty.
 */
export const REFUSED_SETTINGS: Readonly<Record<string, string>> = {
  use_dora: "DoRA rescales every row of the weights",
  lora_bias: "it adds biases, and Llama's layers have none",
  modules_to_save: "it brings whole modules of its own",
  trainable_token_indices: "it changes rows of the embedding",
  target_parameters: "it changes parameters that are no linear layers",
  layer_replication: "it repeats layers of the base",
  use_qalora: "QALoRA pools the input of every layer",
  use_bdlora: "its factors are block-diagonal",
  alora_invocation_tokens: "aLoRA is switched on by tokens, so no merged weight says the same",
  arrow_config: "Arrow chooses among adapters for every token",
  kasa_config: "KaSA changes the base weights",
  monteclora_config: "MonteCLoRA samples its weights",
  velora_config: "VeLoRA is not plain LoRA",
  megatron_config: "Megatron's layers are laid out differently",
  fan_in_fan_out: "Llama's layers are not transposed, so it belongs to another model",
};

/** Settings of training, or that the tensors themselves answer: which modules and layers there are. */
export const INDIFFERENT_SETTINGS: ReadonlySet<string> = new Set([
  ...["task_type", "revision", "inference_mode", "auto_mapping", "peft_version", "lora_dropout"],
  ...["target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "ensure_weight_tying"],
  ...["qalora_group_size", "megatron_core", "runtime_config"],
  ...["loftq_config", "eva_config", "corda_config", "lora_ga_config"], // of no effect once trained and converted
  ...["enable_lora", "merge_weights", "unsloth_fixed"], // of old versions and other tools
]);

/** Ways to begin training that leave the base as it is. PEFT writes `true` when it converted another one. */
export const PLAIN_BEGINNINGS: readonly unknown[] = [true, false, "gaussian", "eva", "orthogonal"];

export const isOff = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);
