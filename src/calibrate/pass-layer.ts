import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  writeLayerGraph,
  type LayerGraph,
  type LayerGraphOptions,
  type LayerSmoothing,
} from "../convert/index.js";
import type { CalibrationOptions } from "./calibration-options.js";
import type { LayerProcess } from "./layer-process.js";
import { smoothLayer } from "./smooth-layer.js";

export interface LayerResult {
  readonly smoothing: LayerSmoothing | null;
  readonly hiddenError: number;
}

export interface LayerPassOptions extends CalibrationOptions {
  readonly alpha: number;
  readonly layer: number;
  /** Empty before and after; holds one graph at a time. */
  readonly folder: string;
}

/** Takes the exact stream through a layer, then the rounded one through the layer as its activations suggest. */
export async function passLayer(process: LayerProcess, options: LayerPassOptions): Promise<LayerResult> {
  const { checkpoint, smooth, alpha } = options;
  const smoothing = await withGraph(
    options,
    { format: "fp32", probe: smooth },
    async ({ graphPath, weightPeaks }) => {
      const peaks = await process.ask({ kind: "exact", graphPath, probe: smooth });
      if (peaks === null || weightPeaks === null) return null;
      return smoothLayer(peaks, weightPeaks, checkpoint.geometry, alpha);
    },
  );
  const hiddenError = await withGraph(
    options,
    { format: options.format, probe: false, smoothing: smoothing ?? undefined },
    ({ graphPath }) => process.ask({ kind: "rounded", graphPath }),
  );
  return { smoothing, hiddenError };
}

async function withGraph<T>(
  { checkpoint, deltas, layer, threads, signal, folder }: LayerPassOptions,
  kind: Pick<LayerGraphOptions, "format" | "probe" | "smoothing">,
  use: (graph: LayerGraph) => Promise<T>,
): Promise<T> {
  const dir = join(folder, kind.format);
  const graph = await writeLayerGraph({ checkpoint, deltas, layer, threads, signal, dir, ...kind });
  const result = await use(graph);
  await rm(dir, { recursive: true }); // after a failure the whole folder goes
  return result;
}
