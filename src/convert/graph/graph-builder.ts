import type { ExternalData, ExternalPlace } from "../external-data.js";
import type { ElementType, Tensor } from "../tensor.js";

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
  "GroupQueryAttention",
  "MatMulIntegerToFloat",
  "QuickGelu",
  "SkipSimplifiedLayerNormalization",
]);

/**
 * Collects a graph node by node, in the order it runs. Small constants stay inside the graph; weights go to
 * the external file at once.
 */
export class GraphBuilder implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly inputs: GraphValue[] = [];
  readonly outputs: GraphValue[] = [];

  constructor(private readonly weights: ExternalData) {}

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

  /** A name stands for one constant, which is added where it is first used. */
  constant(name: string, { elementType, shape, data }: Tensor): string {
    if (!this.initializers.some((known) => known.name === name))
      this.initializers.push({ name, elementType, shape, inline: data });
    return name;
  }

  async weight(name: string, { elementType, shape, data }: Tensor): Promise<string> {
    this.initializers.push({ name, elementType, shape, external: await this.weights.append(data) });
    return name;
  }
}
