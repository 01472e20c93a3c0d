import { copyFile, mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { GuardError, packageVersion } from "../base/index.js";
import {
  ADAPTER_FILES,
  hashFile,
  openModelFolder,
  type ManifestFile,
  type ModelManifest,
  type WeightFormat,
} from "../model/index.js";
import type { Adapter } from "./adapter/adapter.js";
import { readCheckpointTokenizer } from "./checkpoint-tokenizer.js";
import { headTensor, openCheckpoint, type Checkpoint } from "./checkpoint.js";
import { decoderWeights } from "./decoder-weights.js";
import { buildDecoderGraph } from "./graph/decoder-graph.js";
import { GraphBuilder } from "./graph/graph-builder.js";
import { ARITHMETIC } from "./graph/linear.js";
import { guardHeadRows } from "./head-rows.js";
import { openAdapterFor } from "./open-adapter-for.js";
import { quantizationReport, type CalibrationRecord } from "./quantization-report.js";
import type { LayerSmoothing } from "./smoothing.js";
import { openWorkFolder } from "./work-folder.js";
import { GRAPH, writeGraph } from "./write-graph.js";

export interface ConvertOptions {
  /** Folder with config.json, tokenizer.json, tokenizer_config.json and safetensors weights. */
  readonly sourceDir: string;
  /** Folder to make; must not exist yet. */
  readonly outDir: string;
  readonly id: string;
  readonly notice: string;
  readonly task: ModelManifest["task"];
  readonly template: string;
  readonly format: WeightFormat;
  /** `guard` keeps only the rows a verdict can use. */
  readonly head: "guard" | "full";
  readonly repository: string;
  readonly revision: string;
  /** An opened `WorkFolder` of `outDir`; one of its own unless given. */
  readonly workDir?: string | undefined;
  /** Files that should stay with the weights, such as a licence or a model card. */
  readonly companions?: readonly string[];
  /** Folder of a LoRA adapter to merge. */
  readonly adapterDir?: string | undefined;
  /** One for each layer. */
  readonly smoothing?: readonly LayerSmoothing[] | undefined;
  /** What the manifest says of how `smoothing` was found and what the format costs. */
  readonly calibrated?: CalibrationRecord | undefined;
  /** Default: the cores this process may use. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

const COPIED = ["config.json", "tokenizer.json", "tokenizer_config.json"];
/** Tells a generator what ends its answers; not every checkpoint has it. */
const COPIED_IF_THERE = ["generation_config.json"];
const END_TOKENS = ["<|end_of_text|>", "<|eot_id|>", "</s>"]; // of Llama 3, and of Llama 2

/**
 * Makes a model folder from a Llama-architecture checkpoint. It is built beside its place, checked file by
 * file as a server would, and only then renamed: a conversion that was interrupted leaves nothing to load.
 * @throws GuardError `bad_model_file` when the checkpoint is unusable, `invalid_config` when `outDir` exists or
 * the disk is too small, `canceled` by the signal
 */
export async function convertCheckpoint(options: ConvertOptions): Promise<ModelManifest> {
  const outDir = resolve(options.outDir);
  if (options.workDir !== undefined) return makeIn(options.workDir, options, outDir);
  await using work = await openWorkFolder(outDir);
  return await makeIn(work.dir, options, outDir);
}

async function makeIn(workDir: string, options: ConvertOptions, outDir: string): Promise<ModelManifest> {
  const dir = join(workDir, "model");
  await mkdir(dir);
  await writeFolder(options, dir);
  const { manifest } = await openModelFolder(dir);
  await rename(dir, outDir);
  return manifest;
}

async function writeFolder(options: ConvertOptions, dir: string): Promise<void> {
  const checkpoint = await openCheckpoint(options.sourceDir);
  const adapter = await openAdapterFor(checkpoint, options.adapterDir);
  const present = await readdir(checkpoint.dir);
  const copied = [...COPIED, ...COPIED_IF_THERE.filter((name) => present.includes(name))];
  const [graph, sourceFiles, adapterFiles] = await Promise.all([
    writeDecoder(options, checkpoint, adapter, dir),
    describeFiles(checkpoint.dir, [...copied, ...checkpoint.weightFiles]),
    adapter === null ? null : describeFiles(adapter.dir, Object.values(ADAPTER_FILES)),
  ]);
  for (const name of copied) await copyFile(join(options.sourceDir, name), join(dir, name));
  for (const path of options.companions ?? []) await copyFile(path, join(dir, basename(path)));
  const { id, task, notice, template, repository, revision, format } = options;
  const manifest: ModelManifest = {
    schemaVersion: 2,
    ...{ id, task, notice, template, geometry: checkpoint.geometry },
    graph: { path: GRAPH, format },
    tokenizer: { path: "tokenizer.json", configPath: "tokenizer_config.json" },
    ...graph,
    source: { repository, revision, files: sourceFiles },
    adapter:
      adapter === null || adapterFiles === null
        ? null
        : {
            name: usableName(basename(adapter.dir)) ?? "adapter",
            base: usableName(adapter.baseRepository),
            files: adapterFiles,
          },
    converter: { version: packageVersion() },
    files: await describeFiles(dir, (await readdir(dir)).sort()),
  };
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What a stranger wrote into a file: kept where a manifest can hold it. */
const usableName = (name: string | null): string | null =>
  name === null || name === "" || name.length > 300 ? null : name;

async function writeDecoder(
  options: ConvertOptions,
  checkpoint: Checkpoint,
  adapter: Adapter | null,
  dir: string,
): Promise<Pick<ModelManifest, "head" | "endTokenIds" | "quantization">> {
  const tokenizer = await readCheckpointTokenizer(checkpoint.dir, checkpoint.geometry.vocabSize);
  const endTokenIds = END_TOKENS.flatMap((name) => tokenizer.controls.get(name) ?? []);
  if (endTokenIds.length === 0)
    throw new GuardError("bad_model_file", `tokenizer.json has none of ${END_TOKENS.join(" and ")}`);
  const head: ModelManifest["head"] =
    options.head === "full"
      ? { kind: "full" }
      : { kind: "rows", tokenIds: guardHeadRows(tokenizer, endTokenIds) };
  const graph = new GraphBuilder();
  const weights = decoderWeights(checkpoint, adapter?.deltas, (layer) => options.smoothing?.[layer]);
  const arithmetic = ARITHMETIC[options.format];
  buildDecoderGraph({
    ...{ graph, weights, arithmetic, head, headTensor: headTensor(checkpoint) },
    directAttention: options.task === "generator" ? "everywhere" : "lastLayer",
  });
  const reports = await writeGraph(graph, dir, {
    threads: options.threads ?? availableParallelism(),
    signal: options.signal,
    onProgress: options.onProgress,
  });
  return { head, endTokenIds, quantization: quantizationReport(reports, options.calibrated) };
}

async function describeFiles(dir: string, names: readonly string[]): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of names)
    files.push({ path, bytes: (await stat(join(dir, path))).size, sha256: await hashFile(join(dir, path)) });
  return files;
}
