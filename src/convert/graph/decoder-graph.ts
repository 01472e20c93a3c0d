import { GRAPH_INPUT, GRAPH_OUTPUT, type ModelHead } from "../../model/index.js";
import { EMBEDDING, FINAL_NORM } from "../checkpoint.js";
import type { DecoderWeights } from "../decoder-weights.js";
import { rowsOf } from "../weights/matrix-source.js";
import { addAskingRows } from "./asking-rows.js";
import { addDecoderLayer } from "./decoder-layer.js";
import { castTo, exactType } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import { addOutput, type Stream } from "./layer-context.js";
import type { Arithmetic } from "./linear.js";
import { addSharedValues } from "./shared-values.js";

/**
 * Where attention reads the past in place: in the last layer, for the rows that are read; or everywhere, where most
 * runs compute one token, as a generator's do. The runtime's own operator does the rest.
 */
export type DirectAttention = "nowhere" | "lastLayer" | "everywhere";

export interface DecoderGraph {
  readonly graph: GraphBuilder;
  readonly weights: DecoderWeights;
  readonly arithmetic: Arithmetic;
  readonly head: ModelHead;
  /** Name of the tensor whose rows score tokens. */
  readonly headTensor: string;
  readonly directAttention: DirectAttention;
}

/** Builds a Llama decoder that speaks the names and shapes of `GRAPH_INPUT` and `GRAPH_OUTPUT`. */
export function buildDecoderGraph(decoder: DecoderGraph): void {
  const { graph, weights, arithmetic } = decoder;
  const { geometry } = weights;
  graph.input(GRAPH_INPUT.inputIds, "I64", [1, "S"]);
  graph.input(GRAPH_INPUT.readPositions, "I64", ["R"]);
  graph.output(GRAPH_OUTPUT.logits, "F32", ["R", "V"]);
  const shared = addSharedValues(graph, geometry, arithmetic, GRAPH_INPUT.inputIds, geometry.layers);
  // The runtime's direct operators know float32 alone.
  const direct = arithmetic.flow === "F32" ? decoder.directAttention : "nowhere";
  const all = direct === "everywhere" ? addAskingRows(graph, shared, false) : null;
  const read = direct === "nowhere" ? null : addAskingRows(graph, shared, true);
  let stream = addFirstNorm(decoder, addEmbedding(decoder), 0);
  for (let layer = 0; layer < geometry.layers; layer++) {
    const last = layer === geometry.layers - 1;
    const nextNorm = last ? weights.tensor(FINAL_NORM) : weights.norm(layer + 1, "input_layernorm");
    // Nobody looks at the other tokens behind the last layer's keys and values.
    const rows = { asking: last ? read : all, readsOnly: last };
    const context = { graph, weights, arithmetic, shared, layer, past: layer, ...rows, nextNorm };
    stream = addDecoderLayer({ ...context, stream });
  }
  addHead(decoder, stream.normed);
}

/** Rows are widened after they are picked, so that a half-width table stays as small as it is. */
function addEmbedding({ graph, weights, arithmetic: { flow } }: DecoderGraph): string {
  const source = weights.tensor(EMBEDDING);
  const stored = flow === "F16" ? flow : exactType(source);
  const table = graph.plainWeight("embedding", source, stored, [rowsOf(source), source.columns]);
  return castTo(graph, flow, graph.node("embedded", "Gather", [table, GRAPH_INPUT.inputIds]), stored);
}

/** The normalisation in front of a layer that no other precedes. */
export function addFirstNorm(
  { graph, weights, arithmetic }: Pick<DecoderGraph, "graph" | "weights" | "arithmetic">,
  residual: string,
  layer: number,
): Stream {
  const scales = weights.norm(layer, "input_layernorm");
  const name = `layers.${String(layer)}.input`;
  const scale = graph.plainWeight(`${name}_norm`, scales, arithmetic.flow, [scales.columns]);
  const normed = graph.node(name, "SimplifiedLayerNormalization", [residual, scale], {
    axis: { int: -1 },
    epsilon: { float: weights.geometry.rmsNormEps },
  });
  return { residual, normed };
}

/** Scores for the rows read: `[1, R, hidden]` to `[R, V]`. */
function addHead(decoder: DecoderGraph, normed: string): void {
  const { graph, weights, arithmetic, head, headTensor } = decoder;
  const { flow, headLinear } = arithmetic;
  const all = weights.tensor(headTensor);
  const flat = graph.node("read_rows", "Reshape", [normed, graph.int64s("flat_shape", [-1, all.columns])]);
  if (head.kind === "full" && headLinear !== null) {
    addOutput(decoder, GRAPH_OUTPUT.logits, headLinear(graph, "head", flat, all));
    return;
  }
  const source = head.kind === "full" ? all : { ...all, pickedRows: head.tokenIds };
  const stored = flow === "F16" ? flow : exactType(source);
  const rows = graph.plainWeight("head", source, stored, [rowsOf(source), source.columns]);
  const inputs = [flat, castTo(graph, flow, rows, stored)];
  addOutput(decoder, GRAPH_OUTPUT.logits, graph.node("scores", "Gemm", inputs, { transB: { int: 1 } }));
}
