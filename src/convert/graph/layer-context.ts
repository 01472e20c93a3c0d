import { GRAPH_INPUT } from "../../model/index.js";
import type { DecoderWeights } from "../decoder-weights.js";
import { ONNX_ELEMENT_TYPE } from "../onnx-file.js";
import type { Site } from "../smoothing.js";
import type { MatrixSource } from "../weights/matrix-source.js";
import type { AskingRows } from "./asking-rows.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { Arithmetic } from "./linear.js";
import type { SharedValues } from "./shared-values.js";

/** What flows from layer to layer: the sum so far, and that sum normalised for whoever comes next. */
export interface Stream {
  readonly residual: string;
  readonly normed: string;
}

/** What the parts of one layer are built from. */
export interface LayerContext {
  readonly graph: GraphBuilder;
  readonly weights: DecoderWeights;
  readonly arithmetic: Arithmetic;
  readonly shared: SharedValues;
  /** Which layer's weights. */
  readonly layer: number;
  /** Which of the graph's pasts is its own. */
  readonly past: number;
  readonly stream: Stream;
  /** Rows of a direct attention; null for a packed one. */
  readonly asking: AskingRows | null;
  /** Whether only the rows to be read go on after the attention. */
  readonly readsOnly: boolean;
  /** Scales of the normalisation behind the layer. */
  readonly nextNorm: MatrixSource;
  /** Told what each product reads. */
  readonly probe?: (site: Site, input: string) => void;
}

export function addProduct(context: LayerContext, name: string, input: string, site: Site): string {
  const { graph, weights, arithmetic, layer, probe } = context;
  probe?.(site, input);
  return arithmetic.linear(graph, name, input, weights.product(layer, site));
}

/** Gives a value of the flow to the outside, which reads float32. */
export function addOutput(
  { graph, arithmetic }: Pick<LayerContext, "graph" | "arithmetic">,
  name: string,
  value: string,
): void {
  if (arithmetic.flow === "F32") graph.node(name, "Identity", [value]);
  else graph.node(name, "Cast", [value], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
}

/** The rows to be read, of `[1, S, ...]`. */
export const addRead = (graph: GraphBuilder, name: string, rows: string): string =>
  graph.node(name, "Gather", [rows, GRAPH_INPUT.readPositions], { axis: { int: 1 } });
