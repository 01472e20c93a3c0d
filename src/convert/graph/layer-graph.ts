import { tensorOf } from "../tensor.js";
import { FINAL_NORM } from "../checkpoint.js";
import type { DecoderWeights } from "../decoder-weights.js";
import type { Site } from "../smoothing.js";
import { addDecoderLayer } from "./decoder-layer.js";
import { addFirstNorm } from "./decoder-graph.js";
import { castTo } from "./float-linear.js";
import type { GraphBuilder } from "./graph-builder.js";
import { addOutput } from "./layer-context.js";
import type { Arithmetic } from "./linear.js";
import { addSharedValues } from "./shared-values.js";

/** Names of a layer graph's own inputs and outputs; the others are those of a whole decoder of one layer. */
export const LAYER_IO = {
  /** float32 [1, S, hidden]; the residual stream before the layer */
  hiddenIn: "hidden",
  /** float32 [1, S, hidden]; the residual stream behind it */
  hiddenOut: "hidden_out",
  /** float32 [channels]; largest magnitude over the S tokens. `attentionOut` has heads * headDim channels here. */
  peak: (site: Site): string => `peak.${site}`,
} as const;

/** Builds one layer of a decoder alone, so that a model can be run that is larger than memory. */
export function buildLayerGraph(options: {
  readonly graph: GraphBuilder;
  readonly weights: DecoderWeights;
  readonly arithmetic: Arithmetic;
  readonly layer: number;
  /** Whether to say the largest magnitudes that products read. */
  readonly probe: boolean;
}): void {
  const { graph, weights, arithmetic, layer } = options;
  const { geometry } = weights;
  graph.input(LAYER_IO.hiddenIn, "F32", [1, "S", geometry.hiddenSize]);
  graph.output(LAYER_IO.hiddenOut, "F32", [1, "S", geometry.hiddenSize]);
  const shared = addSharedValues(graph, geometry, arithmetic, LAYER_IO.hiddenIn, 1);
  const residual = castTo(graph, arithmetic.flow, LAYER_IO.hiddenIn, "F32");
  const { residual: out } = addDecoderLayer({
    ...{ graph, weights, arithmetic, shared, layer, past: 0, asking: null, readsOnly: false },
    stream: addFirstNorm(options, residual, layer),
    nextNorm: weights.tensor(FINAL_NORM), // its output is not used
    ...(options.probe ? { probe: (site: Site, input: string) => addPeak(options, site, input) } : {}),
  });
  addOutput(options, LAYER_IO.hiddenOut, out);
}

function addPeak(
  options: { readonly graph: GraphBuilder; readonly arithmetic: Arithmetic },
  site: Site,
  input: string,
): void {
  const { graph } = options;
  const name = LAYER_IO.peak(site);
  graph.output(name, "F32", ["C"]);
  const tokens = graph.constant("peak.axes", tensorOf("I64", [2], BigInt64Array.of(0n, 1n)));
  const magnitude = graph.node(`${name}.magnitude`, "Abs", [input]);
  addOutput(
    options,
    name,
    graph.node(`${name}.largest`, "ReduceMax", [magnitude, tokens], { keepdims: { int: 0 } }),
  );
}
