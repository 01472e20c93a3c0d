import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ADAPTER_FILES } from "../../model/index.js";
import { isFinite, toFloat32 } from "../float-elements.js";
import type { TensorEntry } from "../safetensors-header.js";
import { readSafetensorsHeader } from "../safetensors.js";
import { openWeightFile, type TensorPlace } from "../tensor-place.js";
import type { Adapter, LoraDelta } from "./adapter.js";
import { readAdapterConfig, type AdapterConfig } from "./adapter-config.js";
import { adapterError } from "./adapter-error.js";
import { pairTensors, type TensorPair } from "./pair-tensors.js";

export type { TensorPlace } from "../tensor-place.js";
export type { Adapter, LoraDelta } from "./adapter.js";

const { weights: WEIGHTS } = ADAPTER_FILES;
const PICKLED = "adapter_model.bin";
const WRONG_BASE = "convert it with the base it was trained on";

/**
 * Opens a LoRA adapter as PEFT saves one and checks that every tensor of it can be added to the base. The tensors
 * decide which matrices change; the configuration gives rank and scale, and may ask for nothing beyond that.
 *
 * Reads the whole file once, to find NaN and infinity before a conversion that takes long: 0.2 GB for all layers of
 * an 8B model at rank 16.
 *
 * @param dir folder with adapter_config.json and adapter_model.safetensors
 * @param shapes shapes of the base model's matrices by tensor name; projections are `[out, in]`
 * @throws GuardError `bad_model_file` naming the file, the setting or the tensor
 */
export async function openAdapter(
  dir: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<Adapter> {
  const root = resolve(dir);
  const file = join(root, WEIGHTS);
  const config = await readAdapterConfig(root);
  await requireSafetensors(root);
  const pairs = pairTensors(await readSafetensorsHeader(file), file);
  const deltas = new Map<string, LoraDelta>();
  for (const [module, pair] of pairs) {
    const name = `${module}.weight`;
    deltas.set(name, deltaOf({ module, pair, shape: shapes.get(name), file }, config));
  }
  requireFinite(deltas, file);
  return { dir: root, baseRepository: config.baseRepository, deltas };
}

async function requireSafetensors(root: string): Promise<void> {
  const exists = (name: string): Promise<boolean> =>
    access(join(root, name)).then(
      () => true,
      () => false,
    );
  if (await exists(WEIGHTS)) return;
  if (await exists(PICKLED))
    throw adapterError(
      join(root, PICKLED),
      "a pickle can run code and is never read",
      `convert it to ${WEIGHTS}: load it with PEFT and save it with safe_serialization`,
    );
  throw adapterError(join(root, WEIGHTS), "is missing", "name the folder that PEFT's save_pretrained wrote");
}

interface FoundPair {
  /** Path of the module in the base. */
  readonly module: string;
  readonly pair: TensorPair;
  /** Of the base's weight; undefined where the base has none of this name. */
  readonly shape: readonly number[] | undefined;
  readonly file: string;
}

function deltaOf({ module, pair, shape, file }: FoundPair, config: AdapterConfig): LoraDelta {
  const [out, width, ...more] = shape ?? [];
  if (out === undefined || width === undefined || more.length > 0)
    throw adapterError(file, `it changes ${module}, which is no matrix of the base`, WRONG_BASE);
  const { rank, scale } = config.scalingOf(module);
  const place = (entry: TensorEntry & { readonly name: string }, wanted: readonly number[]): TensorPlace => {
    const { name, dtype, shape: found, begin, end } = entry;
    if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16")
      throw adapterError(file, `${name} is not F32, F16 or BF16`, "save the adapter in one of them");
    if (found.join() !== wanted.join())
      throw adapterError(
        file,
        `${name} is [${found.join()}]; base and rank call for [${wanted.join()}]`,
        WRONG_BASE,
      );
    return { file, name, dtype, shape: found, begin, end };
  };
  return { rank, scale, a: place(pair.a, [rank, width]), b: place(pair.b, [out, rank]) };
}

function requireFinite(deltas: ReadonlyMap<string, LoraDelta>, file: string): void {
  using weights = openWeightFile(file);
  for (const { name, dtype, begin, end } of [...deltas.values()].flatMap(({ a, b }) => [a, b])) {
    const bytes = new Uint8Array(end - begin);
    weights.readInto(bytes, begin);
    if (!isFinite(toFloat32(dtype, bytes)))
      throw adapterError(file, `${name} holds NaN or infinity`, "train the adapter again");
  }
}
