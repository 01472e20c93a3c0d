/** Every prompt template there is: `policies/templates/<name>.json`. The first is what Llama Guard 2 was trained on. */
export const PROMPT_TEMPLATE_NAMES = ["llama-guard-2", "llama-guard-1", "llama-guard-3"] as const;

export type PromptTemplateName = (typeof PROMPT_TEMPLATE_NAMES)[number];
