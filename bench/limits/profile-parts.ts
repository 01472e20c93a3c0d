import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { graphOutputs } from "../../engine/child/graph-feeds.js";
import { openModelFolder, type ModelGeometry } from "../../model/index.js";
import { sessionOptions } from "../../runtime/index.js";
import { feedsOf, type StepSize } from "./graph-feeds.js";
import { kernelTimes, partOf, type ProfiledPart } from "./kernel-times.js";

/** Where a step spends its time, ms of one run. */
export interface PartTimes {
  readonly parts: Readonly<Record<ProfiledPart, number>>;
  /** Of the whole run, from outside and without profiling. */
  readonly runMs: number;
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
  const wanted = graphOutputs(geometry);
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

function sumByPart(json: string): Record<ProfiledPart, number> {
  const ms = { qkv: 0, attention: 0, "attention out": 0, "gate and up": 0, down: 0, elementwise: 0 };
  for (const kernel of kernelTimes(json)) ms[partOf(kernel)] += kernel.ms / (WARM_UPS + RUNS);
  return ms;
}
