import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listSupportedBackends } from "onnxruntime-node";
import { GraphBuilder } from "../../convert/graph/graph-builder.js";
import { tensorOf } from "../../convert/tensor.js";
import { writeGraph } from "../../convert/write-graph.js";
import { Tensor } from "../../runtime/index.js";
import type { GpuProvider, ProbeAnswer } from "./gpu-task.js";
import { placedOn } from "./open-on.js";
import { ranOnCard } from "./placed-nodes.js";

const WIDTH = 64;

/**
 * Runs a small product.
 * @throws Error when the provider is unknown, does not load, or has left the product to the CPU
 */
export async function probeProvider(provider: GpuProvider): Promise<ProbeAnswer> {
  if (!listSupportedBackends().some(({ name }) => name === provider))
    throw new Error("this build of onnxruntime-node does not have it");
  const dir = mkdtempSync(join(tmpdir(), "portcullis-probe-"));
  try {
    const graph = new GraphBuilder();
    const weight = new Float32Array(WIDTH * WIDTH).fill(0.5);
    const inputs = [
      graph.input("x", "F32", [1, WIDTH]),
      graph.table("weight", tensorOf("F32", [WIDTH, WIDTH], weight)),
    ];
    graph.output("y", "F32", [1, WIDTH]);
    graph.node("y", "MatMul", inputs);
    await writeGraph(graph, dir, { threads: 1 });
    const feeds = { x: new Tensor("float32", new Float32Array(WIDTH).fill(1), [1, WIDTH]) };
    const placed = await placedOn(join(dir, "model.onnx"), provider, feeds, ["y"]);
    if (!ranOnCard(placed)) throw new Error("it loaded and left everything to the CPU");
    return { placed };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
