import type { TensorEntry } from "../safetensors-header.js";
import { MERGE_WITH_PEFT, adapterError } from "./adapter-error.js";

type NamedEntry = TensorEntry & { readonly name: string };

/** The two factors of one module's change. */
export interface TensorPair {
  readonly a: NamedEntry;
  readonly b: NamedEntry;
}

/** `default` is the adapter's name while it trains; PEFT leaves it out when it saves, other tools do not. */
const FACTOR = /^base_model\.model\.([\w.]{1,200})\.lora_(A|B)(?:\.default)?\.weight$/;

/** Embedding and head are one matrix in some models, and their rows are looked up, not multiplied. */
const VOCABULARY = /(?:^|\.)(?:embed_tokens|lm_head)$/;

/** Tensors beside the two factors, and what they mean. */
const BESIDE_FACTORS: readonly (readonly [RegExp, string])[] = [
  [/\.lora_embedding_[AB]/, "changes the embedding"],
  [/\.lora_magnitude_vector/, "belongs to DoRA, which rescales every row of the weights"],
  [/\.lora_B(?:\.default)?\.bias$/, "is a bias, and Llama's layers have none"],
  [/\.(?:embed_tokens|lm_head)\b/, "is the vocabulary's own matrix, saved because it was trained or resized"],
];

/**
 * Factors by the path of their module in the base, such as `model.layers.0.self_attn.q_proj`. Every tensor of the
 * file must find its place: one that is left over changes the model in a way that would be lost.
 * @param file for messages
 * @throws GuardError `bad_model_file` naming the tensor
 */
export function pairTensors(
  entries: ReadonlyMap<string, TensorEntry>,
  file: string,
): ReadonlyMap<string, TensorPair> {
  const found = new Map<string, { A?: NamedEntry; B?: NamedEntry }>();
  for (const [name, entry] of entries) {
    const [, module, factor] = FACTOR.exec(name) ?? [];
    if (module === undefined || VOCABULARY.test(module))
      throw adapterError(file, `${JSON.stringify(name.slice(0, 200))} ${meaningOf(name)}`, MERGE_WITH_PEFT);
    const side = factor === "A" ? "A" : "B";
    const pair = found.get(module) ?? {};
    if (pair[side] !== undefined)
      throw adapterError(file, `${module} has lora_${side} twice`, "save the adapter with PEFT again");
    found.set(module, { ...pair, [side]: { ...entry, name } });
  }
  if (found.size === 0) throw adapterError(file, "holds no tensor", "save the adapter with PEFT again");
  return new Map([...found].map(([module, { A, B }]) => [module, bothOf(module, A, B, file)]));
}

const meaningOf = (name: string): string =>
  BESIDE_FACTORS.find(([pattern]) => pattern.test(name))?.[1] ?? "is not part of plain LoRA";

function bothOf(
  module: string,
  a: NamedEntry | undefined,
  b: NamedEntry | undefined,
  file: string,
): TensorPair {
  if (a !== undefined && b !== undefined) return { a, b };
  const missing = a === undefined ? "lora_A" : "lora_B";
  throw adapterError(file, `${module} has no ${missing}`, "save the adapter with PEFT again");
}
