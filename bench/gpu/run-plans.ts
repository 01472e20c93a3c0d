import { join } from "node:path";
import { GRAPH_OUTPUT, openModelFolder } from "../../model/index.js";
import { graphOutputs, pastFeeds, stepFeeds } from "../../engine/child/graph-feeds.js";
import type { Tensor } from "../../runtime/index.js";
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
  const fetches = graphOutputs(geometry);
  const feeds = plans.map((plan) => {
    const { past, ...step } = planRun(geometry, plan, SEED);
    return { ...pastFeeds(geometry, past), ...stepFeeds(step) };
  });
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

function rowsOf({ data, dims }: Tensor): number[][] {
  const values = Array.from(data as Float32Array);
  if (!values.every(Number.isFinite)) throw new Error("logits that are no numbers");
  const width = dims[1]!;
  return Array.from({ length: dims[0]! }, (_, row) => values.slice(row * width, (row + 1) * width));
}
