import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../base/index.js";
import { readGeometry, type ModelGeometry } from "../model/index.js";
import { isFinite } from "./float-elements.js";
import { openSafetensors, type SafetensorsFiles } from "./safetensors.js";
import type { FloatTensor, FloatType } from "./tensor.js";

/** Weights of a Llama decoder under their Hugging Face names, read one at a time. */
export interface Checkpoint {
  readonly geometry: ModelGeometry;
  /** Whether the head shares the embedding's rows, so that there is no `lm_head.weight`. */
  readonly tied: boolean;
  /** @throws GuardError `bad_model_file` when it holds NaN or infinity */
  read(name: string): Promise<FloatTensor>;
  close(): Promise<void>;
}

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const LM_HEAD = "lm_head.weight";
export const layerTensor = (layer: number, part: string): string =>
  `model.layers.${String(layer)}.${part}.weight`;

/** A buffer that early exports carry along; it follows from the configuration. */
const DERIVED = /^model\.layers\.\d+\.self_attn\.rotary_emb\.inv_freq$/;

/**
 * Opens a checkpoint folder and checks that it has exactly the tensors its configuration calls for.
 * @throws GuardError `bad_model_file`
 */
export async function openCheckpoint(dir: string): Promise<Checkpoint> {
  const config = await readJson(join(dir, "config.json"));
  const geometry = readGeometry(config);
  const tied = (config as { tie_word_embeddings?: unknown }).tie_word_embeddings === true;
  const files = await openSafetensors(dir);
  try {
    checkTensors(files, expectedShapes(geometry, tied));
  } catch (error) {
    await files.close();
    throw error;
  }
  return { geometry, tied, read: (name) => readTensor(files, name), close: files.close };
}

/** @throws GuardError `bad_model_file` */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GuardError("bad_model_file", `${path} cannot be read as JSON; download the checkpoint again`, {
      cause,
    });
  }
}

/** Projections are `[out, in]`. */
function expectedShapes(g: ModelGeometry, tied: boolean): Map<string, readonly number[]> {
  const [queryWidth, kvWidth] = [g.heads * g.headDim, g.kvHeads * g.headDim];
  const shapes = new Map<string, readonly number[]>([
    [EMBEDDING, [g.vocabSize, g.hiddenSize]],
    [FINAL_NORM, [g.hiddenSize]],
  ]);
  if (!tied) shapes.set(LM_HEAD, [g.vocabSize, g.hiddenSize]);
  const parts: [string, readonly number[]][] = [
    ["input_layernorm", [g.hiddenSize]],
    ["self_attn.q_proj", [queryWidth, g.hiddenSize]],
    ["self_attn.k_proj", [kvWidth, g.hiddenSize]],
    ["self_attn.v_proj", [kvWidth, g.hiddenSize]],
    ["self_attn.o_proj", [g.hiddenSize, queryWidth]],
    ["post_attention_layernorm", [g.hiddenSize]],
    ["mlp.gate_proj", [g.ffnSize, g.hiddenSize]],
    ["mlp.up_proj", [g.ffnSize, g.hiddenSize]],
    ["mlp.down_proj", [g.hiddenSize, g.ffnSize]],
  ];
  for (let layer = 0; layer < g.layers; layer++)
    for (const [part, shape] of parts) shapes.set(layerTensor(layer, part), shape);
  return shapes;
}

function checkTensors(files: SafetensorsFiles, expected: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, shape] of expected) {
    const entry = files.entries.get(name);
    if (entry === undefined) throw new GuardError("bad_model_file", `the checkpoint has no tensor ${name}`);
    if (entry.shape.join() !== shape.join())
      throw new GuardError("bad_model_file", `${name} has another shape than config.json calls for`);
    if (!isFloat(entry.dtype))
      throw new GuardError(
        "bad_model_file",
        `${name} is not F32, F16 or BF16; use an unquantised checkpoint`,
      );
  }
  for (const name of files.entries.keys())
    if (!expected.has(name) && !DERIVED.test(name))
      throw new GuardError(
        "bad_model_file",
        `the checkpoint holds ${JSON.stringify(name.slice(0, 100))}, which a plain Llama decoder does not have`,
      );
}

const isFloat = (dtype: string): dtype is FloatType => ["F32", "F16", "BF16"].includes(dtype);

async function readTensor(files: SafetensorsFiles, name: string): Promise<FloatTensor> {
  const data = await files.read(name);
  const { dtype, shape } = files.entries.get(name)!;
  if (!isFloat(dtype)) throw new GuardError("bad_model_file", `${name} is not F32, F16 or BF16`);
  const tensor = { elementType: dtype, shape, data };
  if (!isFinite(tensor)) throw new GuardError("bad_model_file", `${name} holds NaN or infinity`);
  return tensor;
}
