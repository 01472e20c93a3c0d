import { GuardError } from "../../base/index.js";
import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
  type ModelHead,
} from "../../model/index.js";
import { EMBEDDING, layerTensor, LM_HEAD, type Checkpoint } from "../checkpoint.js";
import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import { tensorOf } from "../tensor.js";
import { addDecoderLayer, type SharedValues, type Stream } from "./decoder-layer.js";
import { floatWeight, type Linear } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import { ropeTables } from "./rope-tables.js";
import { pickRows } from "./pick-rows.js";

/** The runtime's attention refuses other head sizes. */
const HEAD_DIM_STEP = 16;

/**
 * Builds a Llama decoder that speaks the names and shapes of `GRAPH_INPUT` and `GRAPH_OUTPUT`. Weights are
 * read from the checkpoint in the order they are used, one product's worth at a time.
 */
export async function buildDecoderGraph(
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  head: ModelHead,
  linear: Linear,
): Promise<void> {
  const { geometry } = checkpoint;
  if (geometry.headDim % HEAD_DIM_STEP !== 0)
    throw new GuardError("bad_model_file", `heads of ${String(geometry.headDim)} are not a multiple of 16`);
  const shared = await addSharedValues(graph, geometry);
  let stream: Stream = await addEmbedding(graph, checkpoint);
  for (let layer = 0; layer < geometry.layers; layer++)
    stream = await addDecoderLayer({ graph, checkpoint, shared, linear, layer, stream });
  await addHead(graph, checkpoint, head, stream.normed);
}

/** Declares the inputs and computes what every layer needs. */
async function addSharedValues(graph: GraphBuilder, geometry: ModelGeometry): Promise<SharedValues> {
  const { cos, sin } = ropeTables(geometry);
  graph.input(GRAPH_INPUT.inputIds, "I64", [1, "S"]);
  graph.input(GRAPH_INPUT.positionIds, "I64", [1, "S"]);
  graph.input(GRAPH_INPUT.attentionBias, "F32", [1, 1, "S", "T"]);
  graph.input(GRAPH_INPUT.seqlensK, "I32", [1]);
  graph.input(GRAPH_INPUT.totalSequenceLength, "I32", []);
  graph.input(GRAPH_INPUT.readPositions, "I64", ["R"]);
  const cache = [1, geometry.kvHeads];
  for (let layer = 0; layer < geometry.layers; layer++)
    for (const past of [pastKeyName(layer), pastValueName(layer)])
      graph.input(past, "F32", [...cache, "P", geometry.headDim]);
  graph.output(GRAPH_OUTPUT.logits, "F32", ["R", "V"]);
  for (let layer = 0; layer < geometry.layers; layer++)
    for (const fresh of [newKeyName(layer), newValueName(layer)])
      graph.output(fresh, "F32", [...cache, "S", geometry.headDim]);
  const one = graph.constant("one", tensorOf("I64", [1], BigInt64Array.of(1n)));
  const newTokens = graph.node("new_tokens", "Shape", [GRAPH_INPUT.inputIds], {
    start: { int: 1 },
    end: { int: 2 },
  });
  const total = graph.node("total_tokens.i64", "Cast", [GRAPH_INPUT.totalSequenceLength], {
    to: { int: ONNX_ELEMENT_TYPE.I64 },
  });
  const end = graph.node("total_tokens", "Reshape", [total, one]);
  return {
    cosTable: await graph.weight("rope.cos", cos),
    sinTable: await graph.weight("rope.sin", sin),
    newStart: graph.node("new_start", "Sub", [end, newTokens]),
    newEnd: end,
    tokenAxis: graph.constant("token_axis", tensorOf("I64", [1], BigInt64Array.of(2n))),
  };
}

/** Rows are widened after they are picked, so that a half-width table stays as small as it is. */
async function addEmbedding(graph: GraphBuilder, checkpoint: Checkpoint): Promise<Stream> {
  const table = await checkpoint.read(EMBEDDING);
  const weight = await graph.weight("embedding", table);
  let rows = graph.node("embedded", "Gather", [weight, GRAPH_INPUT.inputIds]);
  if (table.elementType !== "F32")
    rows = graph.node("embedded.f32", "Cast", [rows], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
  const scale = await checkpoint.read(layerTensor(0, "input_layernorm"));
  const normed = graph.node(
    "layers.0.input",
    "SimplifiedLayerNormalization",
    [rows, await floatWeight(graph, "layers.0.input_norm", scale)],
    { axis: { int: -1 }, epsilon: { float: checkpoint.geometry.rmsNormEps } },
  );
  return { residual: rows, normed };
}

/** Scores for the rows read: `[1, R, hidden]` to `[R, V]`. */
async function addHead(
  graph: GraphBuilder,
  checkpoint: Checkpoint,
  head: ModelHead,
  normed: string,
): Promise<void> {
  const all = await checkpoint.read(checkpoint.tied ? EMBEDDING : LM_HEAD);
  const rows = head.kind === "full" ? all : pickRows(all, head.tokenIds);
  const weight = await floatWeight(graph, "head", rows);
  const flat = graph.node("read_rows", "Reshape", [
    normed,
    graph.constant("flat_shape", tensorOf("I64", [2], BigInt64Array.of(-1n, BigInt(rows.shape[1]!)))),
  ]);
  graph.node(GRAPH_OUTPUT.logits, "Gemm", [flat, weight], { transB: { int: 1 } });
}
