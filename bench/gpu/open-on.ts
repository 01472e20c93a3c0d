import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, type Tensor } from "onnxruntime-node";
import { sessionOptions } from "../../runtime/index.js";
import type { GpuTask, PlacedNodes } from "./gpu-task.js";
import { countPlaced } from "./placed-nodes.js";

type Feeds = Readonly<Record<string, Tensor>>;

/** Opens a graph on a provider. What that one has no operator for runs on the CPU, without a word. */
export const openOn = (
  graphPath: string,
  provider: GpuTask["provider"],
  profilePrefix?: string,
): Promise<InferenceSession> =>
  InferenceSession.create(graphPath, {
    ...sessionOptions(availableParallelism()),
    executionProviders: [provider],
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  });

/** Runs a graph once under the runtime's profiler, which is what knows who ran each node. */
export async function placedOn(
  graphPath: string,
  provider: GpuTask["provider"],
  feeds: Feeds,
  fetches: readonly string[],
): Promise<PlacedNodes[]> {
  const dir = mkdtempSync(join(tmpdir(), "portcullis-placed-"));
  try {
    const session = await openOn(graphPath, provider, join(dir, "ort"));
    await session.run(feeds, fetches);
    session.endProfiling();
    await session.release();
    return countPlaced(readFileSync(join(dir, readdirSync(dir)[0]!), "utf8"));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
