import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
} from "../../model/index.js";
import { openModelFolder, type ModelGeometry } from "../../model/index.js";
import { sessionOptions } from "../../runtime/index.js";
import type { LayerPart } from "./operations.js";

/** Where a step spends its time, ms of one run. */
export interface PartTimes {
  readonly parts: Readonly<Record<LayerPart | "elementwise", number>>;
  /** Of the whole run, from outside and without profiling. */
  readonly runMs: number;
}

export interface StepSize {
  readonly newTokens: number;
  readonly pastTokens: number;
}

const WARM_UPS = 1;
const RUNS = 3;

/**
 * Runs a guard's graph as the engine does, once without and once with the runtime's profiler: products and attention by
 * part, and everything between them (norms, rounding of activations, gates, copies) as elementwise.
 */
export async function profileParts(
  modelDir: string,
  size: StepSize,
  threads: number,
): Promise<PartTimes & { readonly geometry: ModelGeometry }> {
  const { manifest } = await openModelFolder(modelDir);
  const { geometry } = manifest;
  const graphPath = join(modelDir, manifest.graph.path);
  const work = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
  try {
    const runMs = await timeRuns(graphPath, geometry, size, { threads });
    await timeRuns(graphPath, geometry, size, { threads, profile: join(work, "ort") });
    const file = readdirSync(work).find((name) => name.endsWith(".json"))!;
    const parts = sumByPart(readFileSync(join(work, file), "utf8"));
    return { parts, runMs, geometry };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** @returns ms of the fastest run */
async function timeRuns(
  graphPath: string,
  geometry: ModelGeometry,
  size: StepSize,
  { threads, profile }: { readonly threads: number; readonly profile?: string },
): Promise<number> {
  const session = await InferenceSession.create(graphPath, {
    ...sessionOptions(threads),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
  const layers = [...Array(geometry.layers).keys()];
  const wanted = [GRAPH_OUTPUT.logits, ...layers.flatMap((i) => [newKeyName(i), newValueName(i)])];
  const feeds = feedsOf(geometry, size);
  let least = Infinity;
  for (let i = -WARM_UPS; i < RUNS; i++) {
    const startMs = performance.now();
    await session.run(feeds, wanted);
    if (i >= 0) least = Math.min(least, performance.now() - startMs);
  }
  if (profile !== undefined) session.endProfiling();
  await session.release();
  return least;
}

function feedsOf(g: ModelGeometry, { newTokens, pastTokens }: StepSize): Record<string, Tensor> {
  const total = newTokens + pastTokens;
  const past = (): Tensor =>
    new Tensor("float32", new Float32Array(g.kvHeads * pastTokens * g.headDim).fill(0.1), [
      ...[1, g.kvHeads, pastTokens, g.headDim],
    ]);
  const count = (from: number): BigInt64Array =>
    BigInt64Array.from({ length: newTokens }, (_, i) => BigInt(from + i));
  const feeds: Record<string, Tensor> = {
    [GRAPH_INPUT.inputIds]: new Tensor("int64", count(1), [1, newTokens]),
    [GRAPH_INPUT.positionIds]: new Tensor("int64", count(pastTokens), [1, newTokens]),
    [GRAPH_INPUT.attentionBias]: new Tensor("float32", new Float32Array(newTokens * total), [
      1,
      1,
      newTokens,
      total,
    ]),
    [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
    [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
    [GRAPH_INPUT.readPositions]: new Tensor("int64", BigInt64Array.of(BigInt(newTokens - 1)), [1]),
  };
  for (let layer = 0; layer < g.layers; layer++) {
    feeds[pastKeyName(layer)] = past();
    feeds[pastValueName(layer)] = past();
  }
  return feeds;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

const PRODUCTS = /^(MatMul|Gemm|DynamicQuantizeMatMul)/;
/** Attention of the last layer, and what prepares its mask. */
const DIRECT_ATTENTION = /\.attention\.|^read\.(bias|open)/;
const PART_OF_NAME: readonly (readonly [RegExp, LayerPart])[] = [
  [/\.(qkv|queries|kv)\./, "qkv"], // the last layer asks with fewer rows than it has keys
  [/\.attention_out/, "attention out"],
  [/\.mlp\.gate_up/, "gate and up"],
  [/\.mlp\.down/, "down"],
];

function sumByPart(json: string): Record<LayerPart | "elementwise", number> {
  const ms = { qkv: 0, attention: 0, "attention out": 0, "gate and up": 0, down: 0, elementwise: 0 };
  for (const { cat, name, dur = 0, args } of JSON.parse(json) as ProfileEvent[]) {
    if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
    ms[partOf(name, args?.op_name ?? "")] += dur / 1000 / (WARM_UPS + RUNS);
  }
  return ms;
}

function partOf(name: string, op: string): LayerPart | "elementwise" {
  if (op === "GroupQueryAttention" || DIRECT_ATTENTION.test(name)) return "attention";
  const found = PRODUCTS.test(op) ? PART_OF_NAME.find(([pattern]) => pattern.test(name)) : undefined;
  return found?.[1] ?? "elementwise";
}
