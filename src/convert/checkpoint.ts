import { join, resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { readGeometry, readPlainFile, type ModelGeometry } from "../model/index.js";
import { DOWNLOAD_AGAIN } from "./download-again.js";
import { sameTensor } from "./same-tensor.js";
import { findTensors, type SafetensorsFiles } from "./safetensors.js";
import type { TensorPlace } from "./tensor-place.js";
import type { FloatType } from "./tensor.js";

/** A Llama decoder on disk: where each weight lies, under its Hugging Face name. Plain data, nothing is open. */
export interface Checkpoint {
  /** Absolute path. */
  readonly dir: string;
  readonly geometry: ModelGeometry;
  /** Whether the head shares the embedding's rows, so that there is no `lm_head.weight`. */
  readonly tied: boolean;
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  /** Names of the files that hold weights, index included. */
  readonly weightFiles: readonly string[];
}

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const LM_HEAD = "lm_head.weight";
export const layerTensor = (layer: number, part: string): string =>
  `model.layers.${String(layer)}.${part}.weight`;

/** The tensor whose rows score tokens. */
export const headTensor = ({ tied }: Pick<Checkpoint, "tied">): string => (tied ? EMBEDDING : LM_HEAD);

/** That of Llama 3.1 405B has 1 KB. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** A buffer that early exports carry along; it follows from the configuration. */
const DERIVED = /^model\.layers\.\d+\.self_attn\.rotary_emb\.inv_freq$/;

/**
 * Opens a checkpoint folder and checks that it has exactly the tensors its configuration calls for.
 * @throws GuardError `bad_model_file`
 */
export async function openCheckpoint(dir: string): Promise<Checkpoint> {
  const config = await readJson(join(dir, "config.json"), MAX_CONFIG_BYTES);
  const geometry = readGeometry(config);
  const tied = (config as { tie_word_embeddings?: unknown }).tie_word_embeddings === true;
  const found = await findTensors(dir);
  const tensors = placeTensors(tied ? withoutCopiedHead(found) : found, expectedShapes(geometry, tied));
  return { dir: resolve(dir), geometry, tied, tensors, weightFiles: found.files };
}

/** @throws GuardError `bad_model_file` */
export async function readJson(path: string, maxBytes: number): Promise<unknown> {
  const bytes = await readPlainFile(path, maxBytes, DOWNLOAD_AGAIN);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new GuardError("bad_model_file", `${path} cannot be read as JSON; ${DOWNLOAD_AGAIN}`, { cause });
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

/** Some programs write a shared head out all the same. One that differs would be a model nobody described. */
function withoutCopiedHead(found: SafetensorsFiles): SafetensorsFiles {
  const [head, embedding] = [found.tensors.get(LM_HEAD), found.tensors.get(EMBEDDING)];
  if (head === undefined || embedding === undefined) return found;
  if (!sameTensor(head, embedding))
    throw new GuardError(
      "bad_model_file",
      `${head.file}: ${LM_HEAD} differs from the embedding, which config.json says it shares`,
    );
  return { ...found, tensors: new Map([...found.tensors].filter(([name]) => name !== LM_HEAD)) };
}

function placeTensors(
  { tensors }: SafetensorsFiles,
  expected: ReadonlyMap<string, readonly number[]>,
): Map<string, TensorPlace> {
  const places = new Map<string, TensorPlace>();
  for (const [name, shape] of expected) {
    const entry = tensors.get(name);
    if (entry === undefined) throw new GuardError("bad_model_file", `the checkpoint has no tensor ${name}`);
    if (entry.shape.join() !== shape.join())
      throw new GuardError(
        "bad_model_file",
        `${entry.file}: ${name} is [${entry.shape.join()}]; config.json calls for [${shape.join()}]`,
      );
    const { dtype } = entry;
    if (!isFloat(dtype))
      throw new GuardError(
        "bad_model_file",
        `${entry.file}: ${name} is not F32, F16 or BF16; use an unquantised checkpoint`,
      );
    places.set(name, { ...entry, name, dtype });
  }
  for (const [name, { file }] of tensors)
    if (!expected.has(name) && !DERIVED.test(name))
      throw new GuardError(
        "bad_model_file",
        `${file} holds ${JSON.stringify(name.slice(0, 100))}, which a plain Llama decoder does not have`,
      );
  return places;
}

const isFloat = (dtype: string): dtype is FloatType => ["F32", "F16", "BF16"].includes(dtype);
