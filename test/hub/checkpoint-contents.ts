import { seededRandom } from "../fixtures/seeded-random.js";

const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Bytes that no two places of a file share by chance. */
export function noise(bytes: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: bytes }, () => random() * 256);
}

/** 1.5 MB and 300 bytes: more than one chunk, and no round number. */
export const WEIGHTS = noise(1_500_300);

/** As Meta's repositories have it: what a checkpoint needs, and twice as much that it does not. */
export const SINGLE_FILE: Readonly<Record<string, Uint8Array>> = {
  "README.md": text("readme"),
  "config.json": text({ model_type: "llama" }),
  "generation_config.json": text({}),
  LICENSE: text("licence"),
  "USE_POLICY.md": text("policy"),
  "tokenizer.json": noise(200_000, 2),
  "tokenizer_config.json": text({ eos_token: "<|eot_id|>" }),
  "special_tokens_map.json": text({ bos_token: "<|begin_of_text|>" }),
  "model.safetensors": WEIGHTS,
  "pytorch_model.bin": noise(2_000, 3),
  "guard.gguf": noise(2_000, 4),
};

export const WANTED = [
  "LICENSE",
  "USE_POLICY.md",
  "config.json",
  "generation_config.json",
  "model.safetensors",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
];

const shard = (number: number): string => `model-0000${String(number)}-of-00002.safetensors`;
const COMPANIONS = Object.fromEntries(
  Object.entries(SINGLE_FILE).filter(([path]) => path !== "model.safetensors"),
);

/** The same in two shards, with a third that the index does not name. */
export const SHARDED: Readonly<Record<string, Uint8Array>> = {
  ...COMPANIONS,
  "model.safetensors.index.json": text({
    metadata: {},
    weight_map: { "a.weight": shard(1), "b.weight": shard(2), "c.weight": shard(1) },
  }),
  [shard(1)]: noise(150_000, 5),
  [shard(2)]: noise(150_000, 6),
  "consolidated.safetensors": noise(2_000, 7),
};
