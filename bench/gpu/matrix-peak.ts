import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromFloat32 } from "../../convert/float-elements.js";
import { castTo } from "../../convert/graph/float-linear.js";
import { GraphBuilder } from "../../convert/graph/graph-builder.js";
import { ONNX_ELEMENT_TYPE } from "../../convert/onnx-file.js";
import { tensorOf } from "../../convert/tensor.js";
import { writeGraph } from "../../convert/write-graph.js";
import { Tensor } from "../../runtime/index.js";
import { createRandom } from "../random.js";
import type { ChainSize, GpuTask, PeakAnswer, PeakType } from "./gpu-task.js";
import { openOn, placedOn } from "./open-on.js";
import { ranOnCard } from "./placed-nodes.js";

const WARM_UPS = 2;
const RUNS = 5;

/**
 * Operations per second of large products alone, in the fastest of some runs. The left matrix is made on the card from a
 * row and a column, and one row of the last product comes back: nothing large is copied.
 * @throws Error when the card computed none of it
 */
export async function matrixPeak({
  provider,
  type,
  size,
}: Extract<GpuTask, { kind: "peak" }>): Promise<PeakAnswer> {
  const { width, products } = size;
  const dir = mkdtempSync(join(tmpdir(), "portcullis-peak-"));
  try {
    await writeGraph(chainOf(type, size), dir, { threads: 1 });
    const graphPath = join(dir, "model.onnx");
    const random = createRandom(1);
    const side = (dims: number[]): Tensor =>
      new Tensor(
        "float32",
        new Float32Array(width).map(() => 2 * random() - 1),
        dims,
      );
    const feeds = { row: side([1, width]), column: side([width, 1]) };
    if (!ranOnCard(await placedOn(graphPath, provider, feeds, ["y"])))
      throw new Error(`${provider} left the products to the CPU`);
    const session = await openOn(graphPath, provider);
    let leastMs = Infinity;
    for (let i = -WARM_UPS; i < RUNS; i++) {
      const startMs = performance.now();
      await session.run(feeds, ["y"]);
      if (i >= 0) leastMs = Math.min(leastMs, performance.now() - startMs);
    }
    await session.release();
    return { perSecond: (2 * width ** 3 * products * 1000) / leastMs };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function chainOf(type: PeakType, { width, products }: ChainSize): GraphBuilder {
  const graph = new GraphBuilder();
  const sides = [graph.input("row", "F32", [1, width]), graph.input("column", "F32", [width, 1])];
  graph.output("y", "F32", [1, width]);
  const random = createRandom(2);
  // of variance 1 / width, so that products neither grow nor vanish
  const spread = 2 * Math.sqrt(3 / width);
  const weight = new Float32Array(width * width).map(() => (random() - 0.5) * spread);
  const table = graph.table("weight", tensorOf(type, [width, width], fromFloat32(type, weight)));
  let last = graph.node(
    "left",
    "Mul",
    sides.map((side) => castTo(graph, type, side, "F32")),
  );
  for (let i = 0; i < products; i++) last = graph.node(`product.${String(i)}`, "MatMul", [last, table]);
  const [zero, one] = [graph.int64s("zero", [0]), graph.int64s("one", [1])];
  const top = graph.node("top", "Slice", [last, zero, one, zero]);
  graph.node("y", "Cast", [top], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
  return graph;
}
