import { BYTES_PER_ELEMENT, tensorOf, type ElementType, type FloatType, type Tensor } from "../tensor.js";
import { rowsOf, type MatrixSource } from "../weights/matrix-source.js";
import type { ExternalPlace, WeightJob, WeightTarget } from "../weights/weight-job.js";

export type AttributeValue =
  { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };

export interface GraphNode {
  readonly op: string;
  /** `""` for the standard operators, `com.microsoft` for the runtime's own. */
  readonly domain: "" | "com.microsoft";
  /** An empty name leaves an optional input or output out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export type Initializer = {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
} & ({ readonly inline: Uint8Array } | { readonly external: ExternalPlace });

/** An input or output; a dimension that varies is given by name. */
export interface GraphValue {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/** Operators outside the ONNX standard, which ONNX Runtime implements. */
const RUNTIME_OPS = new Set([
  "FusedMatMul",
  "GroupQueryAttention",
  "MatMulIntegerToFloat",
  "MatMulNBits",
  "QuickGelu",
  "RotaryEmbedding",
  "SkipSimplifiedLayerNormalization",
]);

/** A cache line, and the widest vector load: weights are used where they are mapped. */
const ALIGNMENT_BYTES = 64;

/**
 * Collects a graph node by node, in the order it runs. Weights get a place in the data file and a job that will
 * fill it; no weight is read here, so a graph of any size is built at once.
 */
export class GraphBuilder implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly inputs: GraphValue[] = [];
  readonly outputs: GraphValue[] = [];
  /** What fills the data file. */
  readonly jobs: WeightJob[] = [];
  /** Numbers that were computed rather than read, and where they go. */
  readonly computed: { readonly place: ExternalPlace; readonly data: Uint8Array }[] = [];
  private end = 0;

  /** @param measurePeaks whether the jobs of products report the largest weight of every column */
  constructor(private readonly measurePeaks = false) {}

  /** Size of the data file. */
  get dataBytes(): number {
    return this.end;
  }

  input(name: string, elementType: ElementType, shape: GraphValue["shape"]): string {
    this.inputs.push({ name, elementType, shape });
    return name;
  }

  output(name: string, elementType: ElementType, shape: GraphValue["shape"]): void {
    this.outputs.push({ name, elementType, shape });
  }

  /** Adds a node with one output, and returns the output's name. */
  node(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: GraphNode["attributes"] = {},
  ): string {
    this.nodeWith([name], op, inputs, attributes);
    return name;
  }

  nodeWith(
    outputs: readonly string[],
    op: string,
    inputs: readonly string[],
    attributes: GraphNode["attributes"] = {},
  ): void {
    const domain = RUNTIME_OPS.has(op) ? "com.microsoft" : "";
    this.nodes.push({ op, domain, inputs, outputs, attributes });
  }

  /** A name stands for one constant, which is added where it is first used and stays inside the graph. */
  constant(name: string, { elementType, shape, data }: Tensor): string {
    if (!this.initializers.some((known) => known.name === name))
      this.initializers.push({ name, elementType, shape, inline: data });
    return name;
  }

  /** A constant int64 [values.length]. */
  int64s(name: string, values: readonly number[]): string {
    return this.constant(name, tensorOf("I64", [values.length], BigInt64Array.from(values, BigInt)));
  }

  /** Numbers that were computed, too many to stay inside the graph. */
  table(name: string, { elementType, shape, data }: Tensor): string {
    this.computed.push({ place: this.reserve(name, elementType, shape), data });
    return name;
  }

  /** A vector `[columns]` or matrix `[rows, columns]`, in the order read. */
  plainWeight(name: string, source: MatrixSource, elementType: FloatType, shape: readonly number[]): string {
    const values = this.reserve(name, elementType, shape);
    this.fill(name, source, { kind: "plain", elementType, values }, false);
    return name;
  }

  /** A matrix turned to `[columns, rows]`. */
  turnedWeight(name: string, source: MatrixSource, elementType: FloatType): string {
    const values = this.reserve(name, elementType, [source.columns, rowsOf(source)]);
    this.fill(name, source, { kind: "turned", elementType, values });
    return name;
  }

  /** Room for something that a job will fill. */
  reserve(name: string, elementType: ElementType, shape: readonly number[]): ExternalPlace {
    const offset = Math.ceil(this.end / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const bytes = shape.reduce((product, size) => product * size, BYTES_PER_ELEMENT[elementType]);
    const external = { offset, bytes };
    this.end = offset + bytes;
    this.initializers.push({ name, elementType, shape, external });
    return external;
  }

  fill(name: string, source: MatrixSource, target: WeightTarget, product = true): void {
    this.jobs.push({ name, source, target, measurePeaks: product && this.measurePeaks });
  }
}
