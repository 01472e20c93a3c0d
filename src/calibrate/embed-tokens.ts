import { EMBEDDING, readTensorRows, type Checkpoint } from "../convert/index.js";
import type { LayerProcess } from "./layer-process.js";
import type { RunPlan } from "./plan-runs.js";

/** Embeddings sent at a time: 16 MiB at 8B. */
const EMBEDDED_ROWS = 1024;

/** Begins both streams with the embeddings of a plan's tokens, which no format rounds. */
export async function embedTokens(
  layerProcess: LayerProcess,
  checkpoint: Checkpoint,
  { tokens, ...plan }: RunPlan,
  threads: number,
): Promise<void> {
  const { hiddenSize, kvHeads, headDim } = checkpoint.geometry;
  const shape = { hiddenSize, kvHeads, headDim };
  await layerProcess.ask({ kind: "begin", plan, rows: tokens.length, shape, threads });
  for (let fromRow = 0; fromRow < tokens.length; fromRow += EMBEDDED_ROWS) {
    const ids = tokens.slice(fromRow, fromRow + EMBEDDED_ROWS);
    await layerProcess.ask({ kind: "embed", fromRow, hidden: readTensorRows(checkpoint, EMBEDDING, ids) });
  }
}
