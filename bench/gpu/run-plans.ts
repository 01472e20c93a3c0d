import { join } from "node:path";
import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  openModelFolder,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";
import type { GraphRun } from "../../engine/child/graph-run.js";
import { Tensor } from "../../runtime/index.js";
import type { GpuTask, PlanAnswer, PlansAnswer } from "./gpu-task.js";
import { openOn, placedOn } from "./open-on.js";
import { planRun } from "./plan-run.js";

type PlansTask = Extract<GpuTask, { kind: "plans" }>;

const MOST_WARM_UPS = 2;
/** Every process draws the same tokens and rows, whoever computes them. */
const SEED = 7;

/**
 * Runs steps as the engine does: keys and values of the head go to the provider with each step, new ones come back.
 * @throws Error when a logit is no number
 */
export async function runPlans({ provider, modelDir, plans, runs }: PlansTask): Promise<PlansAnswer> {
  const { manifest } = await openModelFolder(modelDir);
  const { geometry } = manifest;
  const graphPath = join(modelDir, manifest.graph.path);
  const fetches = [GRAPH_OUTPUT.logits, ...pairsOf(geometry, newKeyName, newValueName)];
  const feeds = plans.map((plan) => feedsOf(geometry, planRun(geometry, plan, SEED)));
  const session = await openOn(graphPath, provider);
  const answers: PlanAnswer[] = [];
  for (const given of feeds) {
    const ms: number[] = [];
    let logits: Tensor | undefined;
    for (let i = -Math.min(runs, MOST_WARM_UPS); i < runs; i++) {
      const startMs = performance.now();
      const outputs = await session.run(given, fetches);
      if (i >= 0) ms.push(performance.now() - startMs);
      logits = outputs[GRAPH_OUTPUT.logits]!;
    }
    answers.push({ ms, logits: rowsOf(logits!) });
  }
  await session.release();
  return { geometry, plans: answers, placed: await placedOn(graphPath, provider, feeds.at(-1)!, fetches) };
}

const pairsOf = (
  { layers }: ModelGeometry,
  key: (layer: number) => string,
  value: (layer: number) => string,
): string[] => Array.from({ length: layers }, (_, layer) => [key(layer), value(layer)]).flat();

function feedsOf(geometry: ModelGeometry, run: GraphRun): Record<string, Tensor> {
  const { ids, positions, bias, reads, past, pastTokens } = run;
  const [newTokens, total] = [ids.length, pastTokens + ids.length];
  const shape = [1, geometry.kvHeads, past.capacityTokens, geometry.headDim];
  const feeds: Record<string, Tensor> = {
    [GRAPH_INPUT.inputIds]: new Tensor("int64", ids, [1, newTokens]),
    [GRAPH_INPUT.positionIds]: new Tensor("int64", positions, [1, newTokens]),
    [GRAPH_INPUT.attentionBias]: new Tensor("float32", bias, [1, 1, newTokens, total]),
    [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
    [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
    [GRAPH_INPUT.readPositions]: new Tensor("int64", reads, [reads.length]),
  };
  for (let layer = 0; layer < geometry.layers; layer++) {
    feeds[pastKeyName(layer)] = new Tensor("float32", past.keys[layer]!, shape);
    feeds[pastValueName(layer)] = new Tensor("float32", past.values[layer]!, shape);
  }
  return feeds;
}

function rowsOf({ data, dims }: Tensor): number[][] {
  const values = Array.from(data as Float32Array);
  if (!values.every(Number.isFinite)) throw new Error("logits that are no numbers");
  const width = dims[1]!;
  return Array.from({ length: dims[0]! }, (_, row) => values.slice(row * width, (row + 1) * width));
}
