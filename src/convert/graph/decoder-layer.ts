import { GRAPH_INPUT, newKeyName, newValueName, pastKeyName, pastValueName } from "../../model/index.js";
import type { DecoderWeights } from "../decoder-weights.js";
import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import type { Site } from "../smoothing.js";
import type { MatrixSource } from "../weights/matrix-source.js";
import { castTo } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { Arithmetic } from "./linear.js";
import type { SharedValues } from "./shared-values.js";

/** What flows from layer to layer: the sum so far, and that sum normalised for whoever comes next. */
export interface Stream {
  readonly residual: string;
  readonly normed: string;
}

export interface DecoderLayer {
  readonly graph: GraphBuilder;
  readonly weights: DecoderWeights;
  readonly arithmetic: Arithmetic;
  readonly shared: SharedValues;
  /** Which layer's weights. */
  readonly layer: number;
  /** Which of the graph's pasts is its own. */
  readonly past: number;
  readonly stream: Stream;
  /** Whether only the rows to be read go on after the attention. */
  readonly readsOnly: boolean;
  /** Scales of the normalisation behind the layer. */
  readonly nextNorm: MatrixSource;
  /** Told what each product reads. */
  readonly probe?: (site: Site, input: string) => void;
}

/** Attention and feed-forward of one layer, up to the normalisation of the next one (or of the head). */
export function addDecoderLayer(context: DecoderLayer): Stream {
  const { graph, weights, layer, stream, readsOnly } = context;
  const name = `layers.${String(layer)}`;
  const attended = addAttention(context);
  const residual = readsOnly ? addRead(graph, "read.residual", stream.residual) : stream.residual;
  const mixed = readsOnly ? addRead(graph, "read.attended", attended) : attended;
  const output = addProduct(context, `${name}.attention_out`, mixed, "attentionOut");
  const middleNorm = weights.norm(layer, "post_attention_layernorm");
  const middle = addSkipNorm(context, `${name}.middle`, output, residual, middleNorm);
  const fed = addFeedForward(context, middle.normed);
  return addSkipNorm(context, `${name}.end`, fed, middle.residual, context.nextNorm);
}

function addAttention(context: DecoderLayer): string {
  const { graph, weights, arithmetic, shared, layer, past, stream } = context;
  const name = `layers.${String(layer)}`;
  const qkv = addProduct(context, `${name}.qkv`, stream.normed, "attentionIn");
  const [attended, keys, values] = [`${name}.attended`, `${name}.keys`, `${name}.values`];
  graph.nodeWith(
    [attended, keys, values],
    "GroupQueryAttention",
    [
      qkv,
      "", // keys and values are packed behind the queries
      "",
      castTo(graph, arithmetic.flow, pastKeyName(past), "F32"),
      castTo(graph, arithmetic.flow, pastValueName(past), "F32"),
      GRAPH_INPUT.seqlensK,
      GRAPH_INPUT.totalSequenceLength,
      shared.cosTable,
      shared.sinTable,
      GRAPH_INPUT.positionIds,
      shared.attentionBias,
    ],
    {
      num_heads: { int: weights.geometry.heads },
      kv_num_heads: { int: weights.geometry.kvHeads },
      do_rotary: { int: 1 },
    },
  );
  const window = [shared.newStart, shared.newEnd, shared.tokenAxis];
  addOutput(context, newKeyName(past), graph.node(`${keys}.new`, "Slice", [keys, ...window]));
  addOutput(context, newValueName(past), graph.node(`${values}.new`, "Slice", [values, ...window]));
  return attended;
}

/** down(silu(gate(x)) * up(x)) */
function addFeedForward(context: DecoderLayer, input: string): string {
  const { graph, layer } = context;
  const name = `layers.${String(layer)}.mlp`;
  const both = addProduct(context, `${name}.gate_up`, input, "mlpIn");
  const [gate, up] = [`${name}.gate`, `${name}.up`];
  graph.nodeWith([gate, up], "Split", [both], { axis: { int: -1 }, num_outputs: { int: 2 } });
  const opened = graph.node(`${name}.silu`, "QuickGelu", [gate], { alpha: { float: 1 } }); // x * sigmoid(x)
  const product = graph.node(`${name}.product`, "Mul", [opened, up]);
  return addProduct(context, `${name}.down`, product, "mlpDown");
}

function addProduct(context: DecoderLayer, name: string, input: string, site: Site): string {
  const { graph, weights, arithmetic, layer, probe } = context;
  probe?.(site, input);
  return arithmetic.linear(graph, name, input, weights.product(layer, site));
}

/** Adds to the residual and normalises the sum: one operator gives both. */
function addSkipNorm(
  { graph, weights, arithmetic }: DecoderLayer,
  name: string,
  input: string,
  skip: string,
  scales: MatrixSource,
): Stream {
  const scale = graph.plainWeight(`${name}_norm`, scales, arithmetic.flow, [scales.columns]);
  const stream = { normed: name, residual: `${name}.sum` };
  graph.nodeWith([name, "", "", stream.residual], "SkipSimplifiedLayerNormalization", [input, skip, scale], {
    epsilon: { float: weights.geometry.rmsNormEps },
  });
  return stream;
}

/** Gives a value of the flow to the outside, which reads float32. */
export function addOutput(
  { graph, arithmetic }: Pick<DecoderLayer, "graph" | "arithmetic">,
  name: string,
  value: string,
): void {
  if (arithmetic.flow === "F32") graph.node(name, "Identity", [value]);
  else graph.node(name, "Cast", [value], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
}

const addRead = (graph: GraphBuilder, name: string, rows: string): string =>
  graph.node(name, "Gather", [rows, GRAPH_INPUT.readPositions], { axis: { int: 1 } });
