import type * as convert from "../../convert/index.js";
import type * as weights from "../../convert/decoder-weights.js";
import type * as decoder from "../../convert/graph/decoder-graph.js";
import type * as builder from "../../convert/graph/graph-builder.js";
import type * as linear from "../../convert/graph/linear.js";

/** What every run of a graph goes through, whatever it is asked. */
export interface GraphCounts {
  readonly operators: number;
  /** Of them, products with weights. */
  readonly products: number;
  /** Of the data file. */
  readonly weightBytes: number;
}

/** Parts of the converter, handed in: tests run them from their sources, the bench as they are built. */
export type GraphRooms = Pick<typeof convert, "openCheckpoint" | "headTensor"> &
  Pick<typeof weights, "decoderWeights"> &
  Pick<typeof decoder, "buildDecoderGraph"> &
  Pick<typeof builder, "GraphBuilder"> &
  Pick<typeof linear, "ARITHMETIC">;

const PRODUCTS = new Set(["MatMulIntegerToFloat", "MatMulNBits", "Gemm"]);
/** Rows of a guard's head. */
const HEAD_ROWS = [0, 1];

/** Builds the graphs that conversions of a checkpoint would write; no weight is read. */
export async function countGraphs(
  { openCheckpoint, headTensor, decoderWeights, buildDecoderGraph, GraphBuilder, ARITHMETIC }: GraphRooms,
  checkpointDir: string,
): Promise<Record<string, GraphCounts>> {
  const checkpoint = await openCheckpoint(checkpointDir);
  const count = (settings: Pick<decoder.DecoderGraph, "arithmetic" | "head" | "directAttention">) => {
    const graph = new GraphBuilder();
    buildDecoderGraph({
      ...{ ...settings, graph, weights: decoderWeights(checkpoint), headTensor: headTensor(checkpoint) },
    });
    return {
      operators: graph.nodes.length,
      products: graph.nodes.filter(({ op }) => PRODUCTS.has(op)).length,
      weightBytes: graph.dataBytes,
    };
  };
  return {
    "the graph of an int8 guard": count({
      ...{ arithmetic: ARITHMETIC.int8, directAttention: "lastLayer" },
      head: { kind: "rows", tokenIds: HEAD_ROWS },
    }),
    "the graph of an int4 generator": count({
      ...{ arithmetic: ARITHMETIC.int4, directAttention: "everywhere", head: { kind: "full" } },
    }),
  };
}
