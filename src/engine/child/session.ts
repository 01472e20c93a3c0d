import { GRAPH_OUTPUT, newKeyName, newValueName, type ModelGeometry } from "../../model/index.js";
import { openGraph, type Feeds, type GraphOptions } from "../../runtime/index.js";
import type { KvRows } from "../kv-rows.js";
import { graphOutputs, pastFeeds, stepFeeds } from "./graph-feeds.js";
import type { GraphAnswer, GraphRun, Session } from "./graph-run.js";

export interface SessionOptions extends GraphOptions {
  readonly geometry: Pick<ModelGeometry, "layers" | "kvHeads" | "headDim">;
}

/**
 * Loads a graph and speaks to it by the names of `model/graph-io.ts`.
 * @throws GuardError `bad_model_file` when the runtime refuses the graph
 */
export async function openSession({ geometry, ...options }: SessionOptions): Promise<Session> {
  const graph = await openGraph(options);
  const layers = Array.from({ length: geometry.layers }, (_, layer) => layer);
  const wanted = graphOutputs(geometry);
  const knownPasts = new WeakMap<KvRows, Feeds>();

  function feedsOfPast(past: KvRows): Feeds {
    const feeds = knownPasts.get(past) ?? pastFeeds(geometry, past);
    knownPasts.set(past, feeds);
    return feeds;
  }

  return {
    async run({ past, ...step }: GraphRun): Promise<GraphAnswer> {
      const outputs = await graph.run({ ...feedsOfPast(past), ...stepFeeds(step) }, wanted);
      return {
        logits: outputs[GRAPH_OUTPUT.logits]!,
        kv: {
          capacityTokens: step.ids.length,
          keys: layers.map((layer) => outputs[newKeyName(layer)]!),
          values: layers.map((layer) => outputs[newValueName(layer)]!),
        },
      };
    },
  };
}
