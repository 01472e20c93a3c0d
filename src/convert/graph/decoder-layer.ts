import { GRAPH_INPUT, newKeyName, newValueName, pastKeyName, pastValueName } from "../../model/index.js";
import { FINAL_NORM, layerTensor, type Checkpoint } from "../checkpoint.js";
import { floatWeight, type Linear } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import { stackRows } from "./stacked-rows.js";

/** Names of values that all layers use. */
export interface SharedValues {
  readonly cosTable: string;
  readonly sinTable: string;
  /** int64 [1]: T - S and T, between which the new tokens stand in the keys and values. */
  readonly newStart: string;
  readonly newEnd: string;
  readonly tokenAxis: string;
}

/** What flows from layer to layer: the sum so far, and that sum normalised for whoever comes next. */
export interface Stream {
  readonly residual: string;
  readonly normed: string;
}

export interface DecoderLayer {
  readonly graph: GraphBuilder;
  readonly checkpoint: Checkpoint;
  readonly shared: SharedValues;
  readonly linear: Linear;
  readonly layer: number;
  readonly stream: Stream;
}

/** Attention and feed-forward of one layer, up to the normalisation of the next one (or of the head). */
export async function addDecoderLayer(context: DecoderLayer): Promise<Stream> {
  const { graph, checkpoint, layer, stream } = context;
  const last = layer === checkpoint.geometry.layers - 1;
  const attended = await addAttention(context);
  // Nobody looks at the other tokens after the last attention, so only the rows to be read go on.
  const residual = last ? addRead(graph, "read.residual", stream.residual) : stream.residual;
  const mixed = last ? addRead(graph, "read.attended", attended) : attended;
  const name = `layers.${String(layer)}`;
  const output = await addProjection(context, `${name}.attention_out`, mixed, ["self_attn.o_proj"]);
  const middle = await addSkipNorm(
    context,
    `${name}.middle`,
    output,
    residual,
    layerTensor(layer, "post_attention_layernorm"),
  );
  const fed = await addFeedForward(context, middle.normed);
  const nextNorm = last ? FINAL_NORM : layerTensor(layer + 1, "input_layernorm");
  return addSkipNorm(context, `${name}.end`, fed, middle.residual, nextNorm);
}

async function addAttention(context: DecoderLayer): Promise<string> {
  const { graph, checkpoint, shared, layer, stream } = context;
  const name = `layers.${String(layer)}`;
  const qkv = await addProjection(context, `${name}.qkv`, stream.normed, [
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
  ]);
  const [attended, keys, values] = [`${name}.attended`, `${name}.keys`, `${name}.values`];
  graph.nodeWith(
    [attended, keys, values],
    "GroupQueryAttention",
    [
      qkv,
      "", // keys and values are packed behind the queries
      "",
      pastKeyName(layer),
      pastValueName(layer),
      GRAPH_INPUT.seqlensK,
      GRAPH_INPUT.totalSequenceLength,
      shared.cosTable,
      shared.sinTable,
      GRAPH_INPUT.positionIds,
      GRAPH_INPUT.attentionBias,
    ],
    {
      num_heads: { int: checkpoint.geometry.heads },
      kv_num_heads: { int: checkpoint.geometry.kvHeads },
      do_rotary: { int: 1 },
    },
  );
  const window = [shared.newStart, shared.newEnd, shared.tokenAxis];
  graph.node(newKeyName(layer), "Slice", [keys, ...window]);
  graph.node(newValueName(layer), "Slice", [values, ...window]);
  return attended;
}

/** down(silu(gate(x)) * up(x)) */
async function addFeedForward(context: DecoderLayer, input: string): Promise<string> {
  const { graph, layer } = context;
  const name = `layers.${String(layer)}.mlp`;
  const both = await addProjection(context, `${name}.gate_up`, input, ["mlp.gate_proj", "mlp.up_proj"]);
  const [gate, up] = [`${name}.gate`, `${name}.up`];
  graph.nodeWith([gate, up], "Split", [both], { axis: { int: -1 }, num_outputs: { int: 2 } });
  const opened = graph.node(`${name}.silu`, "QuickGelu", [gate], { alpha: { float: 1 } }); // x * sigmoid(x)
  const product = graph.node(`${name}.product`, "Mul", [opened, up]);
  return addProjection(context, `${name}.down`, product, ["mlp.down_proj"]);
}

async function addProjection(
  { graph, checkpoint, linear, layer }: DecoderLayer,
  name: string,
  input: string,
  parts: readonly string[],
): Promise<string> {
  const tensors = [];
  for (const part of parts) tensors.push(await checkpoint.read(layerTensor(layer, part)));
  return linear(graph, name, input, stackRows(tensors));
}

/** Adds to the residual and normalises the sum: one operator gives both. */
async function addSkipNorm(
  { graph, checkpoint }: DecoderLayer,
  name: string,
  input: string,
  skip: string,
  scaleTensor: string,
): Promise<Stream> {
  const scale = await floatWeight(graph, `${name}_norm`, await checkpoint.read(scaleTensor));
  const stream = { normed: name, residual: `${name}.sum` };
  graph.nodeWith([name, "", "", stream.residual], "SkipSimplifiedLayerNormalization", [input, skip, scale], {
    epsilon: { float: checkpoint.geometry.rmsNormEps },
  });
  return stream;
}

const addRead = (graph: GraphBuilder, name: string, rows: string): string =>
  graph.node(name, "Gather", [rows, GRAPH_INPUT.readPositions], { axis: { int: 1 } });
