/** What PEFT saves a LoRA adapter as; a manifest lists both by these names. */
export const ADAPTER_FILES = { config: "adapter_config.json", weights: "adapter_model.safetensors" } as const;
