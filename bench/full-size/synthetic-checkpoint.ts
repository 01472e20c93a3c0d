import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../random.js";
import { llama3TokenizerJson } from "./llama3-tokenizer-json.js";

/** Llama Guard 2 and Llama 3 8B. */
export const SHAPE_8B = {
  ...{ hidden: 4096, layers: 32, heads: 32, kvHeads: 8, headDim: 128, ffn: 14_336, vocab: 128_256 },
};
export type Shape = typeof SHAPE_8B;

/** Texts of the tokens, and which of them open a verdict. */
export interface Vocabulary {
  /** Parsed contents of `tokenizer.json`. */
  readonly tokenizerJson: unknown;
  /** Tokens of `safe` and `unsafe`: the model always answers one of them. */
  readonly verdictTokens: readonly number[];
}

const llama3Vocabulary = (): Vocabulary => ({
  tokenizerJson: llama3TokenizerJson(),
  verdictTokens: [19_193, 39_257],
});

interface TensorPlan {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation; null for a vector of ones. */
  readonly spread: number | null;
}

/** As the published checkpoint: no shard above 5 GB. */
const SHARD_BYTES = 5e9;
/** Enough that no two matrices of a layer repeat one another noticeably. */
const POOL_VALUES = 1 << 24;
const BLOCK_ROWS = 256;
/** A channel that every token has, through which two words of the head win: the model always answers a verdict. */
const CONSTANT = { channel: 0, embedded: 8, scored: 2.5 };

/**
 * Writes bfloat16 weights of seeded noise in shards, with the configuration of Llama 3 8B.
 * @param vocabulary of `shape.vocab` tokens; Llama 3's unless given
 * @returns bytes of weights
 */
export function writeSyntheticCheckpoint(
  dir: string,
  shape: Shape,
  seed: number,
  vocabulary: Vocabulary = llama3Vocabulary(),
): number {
  mkdirSync(dir, { recursive: true });
  const pool = normalPool(createRandom(seed));
  const shards = inShards(planTensors(shape));
  const weightMap: Record<string, string> = {};
  let bytes = 0;
  shards.forEach((tensors, i) => {
    const number = (n: number): string => String(n).padStart(5, "0");
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    for (const { name } of tensors) weightMap[name] = file;
    bytes += writeShard(join(dir, file), tensors, {
      pool,
      random: createRandom(seed + 1 + i),
      words: vocabulary.verdictTokens,
    });
  });
  const json = (name: string, value: unknown): void => writeFileSync(join(dir, name), JSON.stringify(value));
  json("model.safetensors.index.json", { metadata: { total_size: bytes }, weight_map: weightMap });
  json("config.json", configOf(shape));
  json("tokenizer.json", vocabulary.tokenizerJson);
  json("tokenizer_config.json", { bos_token: "<|begin_of_text|>", eos_token: "<|eot_id|>" });
  return bytes;
}

function configOf(s: Shape): object {
  return {
    ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_act: "silu", vocab_size: s.vocab },
    ...{ hidden_size: s.hidden, num_hidden_layers: s.layers, num_attention_heads: s.heads },
    ...{ num_key_value_heads: s.kvHeads, intermediate_size: s.ffn, max_position_embeddings: 8192 },
    ...{ rms_norm_eps: 1e-5, rope_theta: 500_000, rope_scaling: null, tie_word_embeddings: false },
  };
}

function planTensors(s: Shape): TensorPlan[] {
  const [queries, kv] = [s.heads * s.headDim, s.kvHeads * s.headDim];
  const out = 1 / Math.sqrt(2 * s.layers); // what layers add stays of the order of what came in
  const matrix = (name: string, rows: number, columns: number, gain = 1): TensorPlan => ({
    ...{ name: `${name}.weight`, shape: [rows, columns], spread: gain / Math.sqrt(columns) },
  });
  const ones = (name: string): TensorPlan => ({ name: `${name}.weight`, shape: [s.hidden], spread: null });
  const layers = Array.from({ length: s.layers }, (_, i) => {
    const part = (name: string): string => `model.layers.${String(i)}.${name}`;
    return [
      ones(part("input_layernorm")),
      matrix(part("self_attn.q_proj"), queries, s.hidden),
      matrix(part("self_attn.k_proj"), kv, s.hidden),
      matrix(part("self_attn.v_proj"), kv, s.hidden),
      matrix(part("self_attn.o_proj"), s.hidden, queries, out),
      ones(part("post_attention_layernorm")),
      matrix(part("mlp.gate_proj"), s.ffn, s.hidden),
      matrix(part("mlp.up_proj"), s.ffn, s.hidden),
      matrix(part("mlp.down_proj"), s.hidden, s.ffn, out),
    ];
  });
  return [
    { name: "model.embed_tokens.weight", shape: [s.vocab, s.hidden], spread: 1 },
    ...layers.flat(),
    ones("model.norm"),
    matrix("lm_head", s.vocab, s.hidden),
  ];
}

const bytesOf = ({ shape }: TensorPlan): number => shape.reduce((product, size) => product * size, 2);

function inShards(tensors: readonly TensorPlan[]): TensorPlan[][] {
  const shards: TensorPlan[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    if (filled + bytesOf(tensor) > SHARD_BYTES) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)!.push(tensor);
    filled += bytesOf(tensor);
  }
  return shards;
}

/** Where weights come from. */
interface Source {
  readonly pool: Float32Array;
  readonly random: Random;
  readonly words: readonly number[];
}

function writeShard(path: string, tensors: readonly TensorPlan[], source: Source): number {
  const header: Record<string, object> = {};
  let end = 0;
  for (const tensor of tensors)
    header[tensor.name] = {
      ...{ dtype: "BF16", shape: tensor.shape, data_offsets: [end, (end += bytesOf(tensor))] },
    };
  const text = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc((8 - (text.byteLength % 8)) % 8, " ");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength + padding.byteLength));
  const file = openSync(path, "wx");
  writeSync(file, Buffer.concat([length, text, padding]));
  for (const tensor of tensors) for (const rows of blocks(tensor, source)) writeSync(file, rows);
  closeSync(file);
  return end;
}

/** Rows from random places of the pool, some MiB at a time. */
function* blocks(
  { name, shape, spread }: TensorPlan,
  { pool, random, words }: Source,
): Generator<Uint8Array> {
  const columns = shape.at(-1)!;
  const rows = shape.length === 1 ? 1 : shape[0]!;
  const values = new Float32Array(columns);
  const bits = new Uint32Array(values.buffer);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - from);
    const block = new Uint16Array(count * columns);
    for (let row = 0; row < count; row++) {
      const start = Math.floor(random() * (pool.length - columns));
      for (let i = 0; i < columns; i++) values[i] = spread === null ? 1 : pool[start + i]! * spread;
      const constant = constantOf(name, from + row, words);
      if (constant !== null) values[CONSTANT.channel] = constant;
      for (let i = 0; i < columns; i++) block[row * columns + i] = bits[i]! >>> 16; // a bfloat16
    }
    yield new Uint8Array(block.buffer);
  }
}

function constantOf(name: string, row: number, words: readonly number[]): number | null {
  if (name === "model.embed_tokens.weight") return CONSTANT.embedded;
  return name === "lm_head.weight" && words.includes(row) ? CONSTANT.scored : null;
}

/** Normal numbers by Box and Muller. */
function normalPool(random: Random): Float32Array {
  const pool = new Float32Array(POOL_VALUES);
  for (let i = 0; i < pool.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    pool[i] = radius * Math.cos(angle);
    pool[i + 1] = radius * Math.sin(angle);
  }
  return pool;
}
