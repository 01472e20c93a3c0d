import type { MatrixSource } from "../weights/matrix-source.js";
import { addDirectAttention } from "./direct-attention.js";
import { addProduct, addRead, type LayerContext, type Stream } from "./layer-context.js";
import { addPackedAttention } from "./packed-attention.js";

/** Attention and feed-forward of one layer, up to the normalisation of the next one (or of the head). */
export function addDecoderLayer(context: LayerContext): Stream {
  const { graph, weights, layer, stream, asking, readsOnly } = context;
  const name = `layers.${String(layer)}`;
  const attended = asking === null ? addPackedAttention(context) : addDirectAttention(context, asking);
  const residual = readsOnly ? addRead(graph, "read.residual", stream.residual) : stream.residual;
  const mixed = readsOnly && asking === null ? addRead(graph, "read.attended", attended) : attended;
  const output = addProduct(context, `${name}.attention_out`, mixed, "attentionOut");
  const middleNorm = weights.norm(layer, "post_attention_layernorm");
  const middle = addSkipNorm(context, `${name}.middle`, output, residual, middleNorm);
  const fed = addFeedForward(context, middle.normed);
  return addSkipNorm(context, `${name}.end`, fed, middle.residual, context.nextNorm);
}

/** down(silu(gate(x)) * up(x)) */
function addFeedForward(context: LayerContext, input: string): string {
  const { graph, layer } = context;
  const name = `layers.${String(layer)}.mlp`;
  const both = addProduct(context, `${name}.gate_up`, input, "mlpIn");
  const [gate, up] = [`${name}.gate`, `${name}.up`];
  graph.nodeWith([gate, up], "Split", [both], { axis: { int: -1 }, num_outputs: { int: 2 } });
  const opened = graph.node(`${name}.silu`, "QuickGelu", [gate], { alpha: { float: 1 } }); // x * sigmoid(x)
  const product = graph.node(`${name}.product`, "Mul", [opened, up]);
  return addProduct(context, `${name}.down`, product, "mlpDown");
}

/** Adds to the residual and normalises the sum: one operator gives both. */
function addSkipNorm(
  { graph, weights, arithmetic }: LayerContext,
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
