import { describe, expect, it } from "@jest/globals";
import { fillWithNoise } from "../../../bench/ideas/graphs/fill-with-noise.js";
import { withoutBias } from "../../../bench/ideas/graphs/without-bias.js";
import { createRandom } from "../../../bench/random.js";
import { GraphBuilder } from "../../../src/convert/graph/graph-builder.js";
import { int4Linear } from "../../../src/convert/graph/int4-linear.js";
import { int8Linear } from "../../../src/convert/graph/int8-linear.js";
import type { MatrixSource } from "../../../src/convert/weights/matrix-source.js";

const source = (rows: number, columns: number): MatrixSource => ({
  parts: [
    {
      place: {
        file: "weights",
        name: "w",
        dtype: "BF16",
        shape: [rows, columns],
        begin: 0,
        end: 2 * rows * columns,
      },
    },
  ],
  columns,
});

describe("fillWithNoise", () => {
  const graph = new GraphBuilder();
  int8Linear(graph, "eight", "x", source(64, 96));
  int4Linear(graph, "four", "x", source(64, 96));
  graph.plainWeight("norm", source(1, 96), "F32", [96]);
  fillWithNoise(graph, createRandom(1));

  it("leaves what is not rounded to the converter", () => {
    expect(graph.jobs.map(({ name }) => name)).toEqual(["norm"]);
  });

  it("fills every place of the others to its last byte, and none twice", () => {
    for (const { place, data } of graph.computed) expect(data.byteLength).toBe(place.bytes);
    const filled = graph.computed.map(({ place }) => place);
    const places = graph.initializers.flatMap((one) =>
      "external" in one && one.name !== "norm" ? one.external : [],
    );
    expect(filled).toEqual(places);
  });

  it("keeps int8 weights to 7 bits and uses all of them", () => {
    const values = new Int8Array(graph.computed[0]!.data);
    expect(Math.min(...values)).toBe(-63);
    expect(Math.max(...values)).toBe(63);
  });
});

describe("withoutBias", () => {
  it("leaves the bias out of the runtime's attention and touches nothing else", () => {
    const graph = new GraphBuilder();
    const inputs = ["qkv", "", "", "k", "v", "seqlens", "total", "cos", "sin", "positions", "bias"];
    graph.node("attended", "GroupQueryAttention", inputs, { num_heads: { int: 4 } });
    graph.node("bias.rows", "Squeeze", ["bias"]);
    withoutBias(graph);
    expect(graph.nodes.map((node) => node.inputs)).toEqual([inputs.slice(0, 10), ["bias"]]);
    expect(graph.nodes[0]!.attributes).toEqual({ num_heads: { int: 4 } });
  });
});
