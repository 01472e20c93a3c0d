import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphBuilder } from "../../convert/graph/graph-builder.js";
import { scalarOf, tensorOf } from "../../convert/tensor.js";
import { writeGraph } from "../../convert/write-graph.js";
import { openGraph, Tensor } from "../../runtime/index.js";

/** One matrix product alone: what the runtime reaches when it does nothing else. */
export interface ProductSize {
  readonly rows: number;
  /** Inner dimension. */
  readonly inputs: number;
  readonly outputs: number;
}

const WARM_UPS = 2;
const RUNS = 5;

/** @returns ms of the fastest of some runs: a peak is not a mean */
export async function productMs(
  type: "int8" | "fp32",
  { rows, inputs, outputs }: ProductSize,
  threads: number,
): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), "portcullis-product-"));
  try {
    const graph = new GraphBuilder();
    graph.input("x", type === "int8" ? "U8" : "F32", ["S", inputs]);
    graph.output("y", "F32", [1, outputs]);
    const product =
      type === "int8" ? int8Product(graph, inputs, outputs) : fp32Product(graph, inputs, outputs);
    // Only a row is copied out; all of them are computed.
    const [zero, one] = [0n, 1n].map((value) =>
      graph.constant(`at_${String(value)}`, tensorOf("I64", [1], BigInt64Array.of(value))),
    );
    graph.node("y", "Slice", [product, zero!, one!, zero!]);
    await writeGraph(graph, dir, { threads: 1 });
    const session = await openGraph({ graphPath: join(dir, "model.onnx"), threads });
    const values = rows * inputs;
    const x =
      type === "int8"
        ? new Tensor("uint8", new Uint8Array(values).fill(129), [rows, inputs])
        : new Tensor("float32", new Float32Array(values).fill(0.5), [rows, inputs]);
    let least = Infinity;
    for (let i = -WARM_UPS; i < RUNS; i++) {
      const startMs = performance.now();
      await session.run({ x }, ["y"]);
      if (i >= 0) least = Math.min(least, performance.now() - startMs);
    }
    await session.close();
    return least;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The product of the guard's int8 graph, with weights of 7 bits. */
function int8Product(graph: GraphBuilder, inputs: number, outputs: number): string {
  const weight = new Int8Array(inputs * outputs).map((_, i) => (i % 127) - 63);
  return graph.node("product", "MatMulIntegerToFloat", [
    "x",
    graph.table("weight", tensorOf("I8", [inputs, outputs], weight)),
    graph.constant("x_scale", scalarOf("F32", 1)),
    graph.table("weight_scale", tensorOf("F32", [outputs], new Float32Array(outputs).fill(0.01))),
    graph.constant("x_zero", scalarOf("U8", 128)),
  ]);
}

function fp32Product(graph: GraphBuilder, inputs: number, outputs: number): string {
  const weight = new Float32Array(inputs * outputs).map((_, i) => (i % 127) / 127);
  return graph.node("product", "MatMul", [
    "x",
    graph.table("weight", tensorOf("F32", [inputs, outputs], weight)),
  ]);
}
