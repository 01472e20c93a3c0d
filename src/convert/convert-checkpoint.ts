import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { GuardError, packageVersion } from "../base/index.js";
import { hashFile, openModelFolder, type ManifestFile, type ModelManifest } from "../model/index.js";
import { readCheckpointTokenizer } from "./checkpoint-tokenizer.js";
import { openCheckpoint } from "./checkpoint.js";
import { createExternalData } from "./external-data.js";
import { buildDecoderGraph } from "./graph/decoder-graph.js";
import { floatLinear, type Linear } from "./graph/float-linear.js";
import { GraphBuilder } from "./graph/graph-builder.js";
import { int8Linear } from "./graph/int8-linear.js";
import { guardHeadRows } from "./head-rows.js";
import { encodeOnnx } from "./onnx-file.js";

export interface ConvertOptions {
  /** Folder with config.json, tokenizer.json, tokenizer_config.json and safetensors weights. */
  readonly sourceDir: string;
  /** Folder to make; must not exist yet. */
  readonly outDir: string;
  readonly id: string;
  readonly notice: string;
  readonly task: ModelManifest["task"];
  readonly template: string;
  readonly format: keyof typeof LINEARS;
  /** `guard` keeps only the rows a verdict can use. */
  readonly head: "guard" | "full";
  readonly repository: string;
  readonly revision: string;
  /** Files that should stay with the weights, such as a licence or a model card. */
  readonly companions?: readonly string[];
}

const LINEARS = { fp32: floatLinear, int8: int8Linear } as const satisfies Record<string, Linear>;

const GRAPH = "model.onnx";
const GRAPH_DATA = "model.onnx.data";
const COPIED = ["config.json", "tokenizer.json", "tokenizer_config.json"];
const END_TOKENS = ["<|end_of_text|>", "<|eot_id|>"];

/**
 * Makes a model folder from a Llama-architecture checkpoint. It is built beside its place, checked file by
 * file as a server would, and only then renamed: a conversion that was interrupted leaves nothing to load.
 * @throws GuardError `bad_model_file` when the checkpoint is unusable, `invalid_config` when `outDir` exists
 */
export async function convertCheckpoint(options: ConvertOptions): Promise<ModelManifest> {
  const outDir = resolve(options.outDir);
  if ((await stat(outDir).catch(() => null)) !== null)
    throw new GuardError("invalid_config", `${outDir} exists already; remove it or choose another folder`);
  const unfinished = join(dirname(outDir), `.${basename(outDir)}.unfinished`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    await writeFolder(options, unfinished);
    const { manifest } = await openModelFolder(unfinished);
    await rename(unfinished, outDir);
    return manifest;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function writeFolder(options: ConvertOptions, dir: string): Promise<void> {
  const graph = await writeGraph(options, dir);
  for (const name of COPIED) await copyFile(join(options.sourceDir, name), join(dir, name));
  for (const path of options.companions ?? []) await copyFile(path, join(dir, basename(path)));
  const manifest: ModelManifest = {
    schemaVersion: 1,
    id: options.id,
    task: options.task,
    notice: options.notice,
    template: options.template,
    geometry: graph.geometry,
    graph: { path: GRAPH, format: options.format },
    tokenizer: { path: "tokenizer.json", configPath: "tokenizer_config.json" },
    head: graph.head,
    endTokenIds: graph.endTokenIds,
    source: { repository: options.repository, revision: options.revision },
    converter: { version: packageVersion() },
    files: await describeFiles(dir),
  };
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function writeGraph(
  { sourceDir, head: kept, format }: ConvertOptions,
  dir: string,
): Promise<Pick<ModelManifest, "geometry" | "head" | "endTokenIds">> {
  const checkpoint = await openCheckpoint(sourceDir);
  try {
    const { geometry } = checkpoint;
    const tokenizer = await readCheckpointTokenizer(sourceDir, geometry.vocabSize);
    const endTokenIds = END_TOKENS.flatMap((name) => tokenizer.controls.get(name) ?? []);
    if (endTokenIds.length === 0)
      throw new GuardError("bad_model_file", `tokenizer.json has none of ${END_TOKENS.join(" and ")}`);
    const head: ModelManifest["head"] =
      kept === "full" ? { kind: "full" } : { kind: "rows", tokenIds: guardHeadRows(tokenizer, endTokenIds) };
    const weights = await createExternalData(join(dir, GRAPH_DATA));
    try {
      const graph = new GraphBuilder(weights);
      await buildDecoderGraph(graph, checkpoint, head, LINEARS[format]);
      await writeFile(join(dir, GRAPH), encodeOnnx(graph, GRAPH_DATA));
    } finally {
      await weights.close();
    }
    return { geometry, head, endTokenIds };
  } finally {
    await checkpoint.close();
  }
}

async function describeFiles(dir: string): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of (await readdir(dir)).sort())
    files.push({ path, bytes: (await stat(join(dir, path))).size, sha256: await hashFile(join(dir, path)) });
  return files;
}
