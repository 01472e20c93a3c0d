import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openCheckpoint, readTensorRows, type Checkpoint } from "../../convert/index.js";
import { encodeBlocks } from "./gguf-blocks.js";
import { ggufBytes, ggufHead, ggufPadding, type GgufTensor, type GgufValue } from "./gguf-head.js";
import { rotaryRow } from "./rotary-rows.js";

/** Formats that llama.cpp quantises to for a CPU. */
export type GgufFormat = "F32" | "Q4_0" | "Q8_0";

interface Planned extends GgufTensor {
  readonly from: string;
  /** Which row of the checkpoint stands at a row. */
  readonly rowAt: (row: number) => number;
}

const ROWS_AT_ONCE = 256;
const asStored = (row: number): number => row;

/**
 * Writes a checkpoint as llama.cpp reads one. As its own quantiser does, norms stay float32, and the head of a
 * four-bit model has eight bits (Q8_0 here, Q6_K there).
 * @see llama.cpp `convert_hf_to_gguf.py`, `LlamaModel`, for names and the order of rows
 */
export async function writeLlamaGguf(checkpointDir: string, path: string, format: GgufFormat): Promise<void> {
  const checkpoint = await openCheckpoint(checkpointDir);
  const tensors = planTensors(checkpoint, format);
  const file = openSync(path, "wx");
  try {
    const metadata = { ...architecture(checkpoint, format), ...vocabulary(checkpointDir) };
    writeSync(file, ggufHead(metadata, tensors));
    for (const tensor of tensors) {
      for (const rows of rowsOf(checkpoint, tensor)) writeSync(file, encodeBlocks(tensor.type, rows));
      writeSync(file, Buffer.alloc(ggufPadding(ggufBytes(tensor))));
    }
  } finally {
    closeSync(file);
  }
}

function* rowsOf(checkpoint: Checkpoint, { from, shape, rowAt }: Planned): Generator<Float32Array> {
  const rows = shape.length === 1 ? 1 : shape[0]!;
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - first);
    yield readTensorRows(
      checkpoint,
      from,
      Array.from({ length: count }, (_, i) => rowAt(first + i)),
    );
  }
}

function architecture({ geometry: g }: Checkpoint, format: GgufFormat): Record<string, GgufValue> {
  const FILE_TYPE = { F32: 0, Q4_0: 2, Q8_0: 7 };
  if (g.ropeScaling !== null) throw new Error("rope scaling is not written");
  return {
    "general.architecture": { text: "llama" },
    "general.name": { text: "compared" },
    "general.file_type": { u32: FILE_TYPE[format] },
    "general.quantization_version": { u32: 2 },
    "llama.vocab_size": { u32: g.vocabSize },
    "llama.context_length": { u32: g.contextTokens },
    "llama.embedding_length": { u32: g.hiddenSize },
    "llama.block_count": { u32: g.layers },
    "llama.feed_forward_length": { u32: g.ffnSize },
    "llama.attention.head_count": { u32: g.heads },
    "llama.attention.head_count_kv": { u32: g.kvHeads },
    "llama.attention.key_length": { u32: g.headDim },
    "llama.attention.value_length": { u32: g.headDim },
    "llama.attention.layer_norm_rms_epsilon": { f32: g.rmsNormEps },
    "llama.rope.dimension_count": { u32: g.headDim },
    "llama.rope.freq_base": { f32: g.ropeTheta },
  };
}

/** llama.cpp opens no model without a vocabulary, although it is only ever given ids here. */
function vocabulary(checkpointDir: string): Record<string, GgufValue> {
  const json = JSON.parse(readFileSync(join(checkpointDir, "tokenizer.json"), "utf8")) as {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number> };
  };
  const [NORMAL, CONTROL] = [1, 3];
  const words: string[] = [];
  for (const [word, id] of Object.entries(json.model.vocab)) words[id] = word;
  const types = words.map(() => NORMAL);
  for (const { id, content } of json.added_tokens) {
    words[id] = content;
    types[id] = CONTROL;
  }
  const idOf = (control: string): number => json.added_tokens.find(({ content }) => content === control)!.id;
  return {
    "tokenizer.ggml.model": { text: "gpt2" },
    "tokenizer.ggml.pre": { text: "llama-bpe" },
    "tokenizer.ggml.tokens": { texts: words },
    "tokenizer.ggml.token_type": { i32s: types },
    "tokenizer.ggml.merges": { texts: [] },
    "tokenizer.ggml.bos_token_id": { u32: idOf("<|begin_of_text|>") },
    "tokenizer.ggml.eos_token_id": { u32: idOf("<|eot_id|>") },
  };
}

function planTensors({ geometry: g, tied }: Checkpoint, format: GgufFormat): Planned[] {
  const [queries, keys] = [g.heads * g.headDim, g.kvHeads * g.headDim];
  const rotated = (row: number): number => rotaryRow(row, g.headDim);
  const matrix = (name: string, from: string, rows: number, columns: number, rowAt = asStored): Planned => ({
    ...{ name: `${name}.weight`, from: `${from}.weight`, shape: [rows, columns], type: format, rowAt },
  });
  const norm = (name: string, from: string): Planned => ({
    ...{
      name: `${name}.weight`,
      from: `${from}.weight`,
      shape: [g.hiddenSize],
      type: "F32",
      rowAt: asStored,
    },
  });
  const layers = Array.from({ length: g.layers }, (_, i) => {
    const [to, from] = [`blk.${String(i)}`, `model.layers.${String(i)}`];
    return [
      norm(`${to}.attn_norm`, `${from}.input_layernorm`),
      matrix(`${to}.attn_q`, `${from}.self_attn.q_proj`, queries, g.hiddenSize, rotated),
      matrix(`${to}.attn_k`, `${from}.self_attn.k_proj`, keys, g.hiddenSize, rotated),
      matrix(`${to}.attn_v`, `${from}.self_attn.v_proj`, keys, g.hiddenSize),
      matrix(`${to}.attn_output`, `${from}.self_attn.o_proj`, g.hiddenSize, queries),
      norm(`${to}.ffn_norm`, `${from}.post_attention_layernorm`),
      matrix(`${to}.ffn_gate`, `${from}.mlp.gate_proj`, g.ffnSize, g.hiddenSize),
      matrix(`${to}.ffn_up`, `${from}.mlp.up_proj`, g.ffnSize, g.hiddenSize),
      matrix(`${to}.ffn_down`, `${from}.mlp.down_proj`, g.hiddenSize, g.ffnSize),
    ];
  });
  const head = tied ? [] : [matrix("output", "lm_head", g.vocabSize, g.hiddenSize)];
  const embedding = matrix("token_embd", "model.embed_tokens", g.vocabSize, g.hiddenSize);
  return [
    tied ? headOf(embedding) : embedding,
    ...layers.flat(),
    norm("output_norm", "model.norm"),
    ...head.map(headOf),
  ];
}

/** Scores of tokens are kept finer than the rest. */
const headOf = (planned: Planned): Planned =>
  planned.type === "Q4_0" ? { ...planned, type: "Q8_0" } : planned;
