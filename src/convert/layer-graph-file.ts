import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { WeightFormat } from "../model/index.js";
import type { LoraDelta } from "./adapter/adapter.js";
import type { Checkpoint } from "./checkpoint.js";
import { decoderWeights } from "./decoder-weights.js";
import { GraphBuilder } from "./graph/graph-builder.js";
import { buildLayerGraph } from "./graph/layer-graph.js";
import { ARITHMETIC } from "./graph/linear.js";
import { largestOfGroup, SITES, type LayerSmoothing, type PerSite, type Site } from "./smoothing.js";
import type { WeightReport } from "./weights/weight-job.js";
import { GRAPH, writeGraph } from "./write-graph.js";

export interface LayerGraphOptions {
  readonly checkpoint: Checkpoint;
  /** Of an adapter, by tensor name. */
  readonly deltas?: ReadonlyMap<string, LoraDelta> | undefined;
  readonly layer: number;
  /** Folder to make. */
  readonly dir: string;
  readonly format: WeightFormat;
  readonly smoothing?: LayerSmoothing | undefined;
  /** Whether the graph says the largest magnitudes that products read, and this function those of the weights. */
  readonly probe: boolean;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LayerGraph {
  /** Inputs and outputs: `LAYER_IO`, and those of `GRAPH_INPUT` for one layer. */
  readonly graphPath: string;
  /** Largest magnitude of the weights that read each channel; null without `probe`. */
  readonly weightPeaks: PerSite | null;
}

/**
 * Writes one layer alone, so that a model can be run that is larger than memory.
 * @throws GuardError as `writeGraph`
 */
export async function writeLayerGraph(options: LayerGraphOptions): Promise<LayerGraph> {
  const { checkpoint, layer, dir, probe, smoothing } = options;
  const graph = new GraphBuilder(probe);
  const weights = decoderWeights(checkpoint, options.deltas, () => smoothing);
  buildLayerGraph({ graph, weights, arithmetic: ARITHMETIC[options.format], layer, probe });
  await mkdir(dir);
  const reports = await writeGraph(graph, dir, options);
  return { graphPath: join(dir, GRAPH), weightPeaks: probe ? peaksBySite(reports, checkpoint) : null };
}

/** Products come in the order of the sites. */
function peaksBySite(reports: readonly WeightReport[], { geometry }: Checkpoint): PerSite {
  const peaks = reports.flatMap(({ columnPeaks }) => columnPeaks ?? []);
  const bySite = Object.fromEntries(SITES.map((site, i) => [site, peaks[i]!])) as Record<Site, Float32Array>;
  return { ...bySite, attentionOut: largestOfGroup(bySite.attentionOut, geometry) };
}
