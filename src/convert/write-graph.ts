import { open, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../base/index.js";
import type { GraphBuilder } from "./graph/graph-builder.js";
import { encodeOnnx } from "./onnx-file.js";
import { openDataFile } from "./weights/data-file.js";
import type { WeightReport } from "./weights/weight-job.js";
import { writeWeights, type WriteWeightsOptions } from "./weights/write-weights.js";

export const GRAPH = "model.onnx";
export const GRAPH_DATA = "model.onnx.data";

/**
 * Writes a graph and its data file into an existing folder.
 * @throws GuardError `bad_model_file` when a weight is unusable, `invalid_config` when the disk is too small,
 * `canceled` by the signal
 */
export async function writeGraph(
  graph: GraphBuilder,
  dir: string,
  options: WriteWeightsOptions,
): Promise<WeightReport[]> {
  await requireSpace(dir, graph.dataBytes);
  const dataPath = join(dir, GRAPH_DATA);
  const handle = await open(dataPath, "wx");
  await handle.truncate(graph.dataBytes);
  await handle.close();
  {
    using file = openDataFile(dataPath);
    for (const { place, data } of graph.computed) file.write(data, place.offset);
  }
  const reports = await writeWeights(graph.jobs, dataPath, options);
  await writeFile(join(dir, GRAPH), encodeOnnx(graph, GRAPH_DATA));
  return reports;
}

async function requireSpace(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize >= bytes) return;
  const megabytes = (count: number): string => (count / 1e6).toFixed(1);
  throw new GuardError(
    "invalid_config",
    `the converted weights take ${megabytes(bytes)} MB; ${dir} has ${megabytes(bavail * bsize)} MB free`,
  );
}
