import type { GraphBuilder } from "../../../convert/graph/graph-builder.js";

/** Of `GroupQueryAttention`; what a causal mask alone says is left to the operator. */
const BIAS_INPUT = 10;

/** Right where a run holds one sequence, wrong where several are packed. */
export function withoutBias(graph: GraphBuilder): void {
  graph.nodes.forEach((node, i) => {
    if (node.op === "GroupQueryAttention")
      graph.nodes[i] = { ...node, inputs: node.inputs.slice(0, BIAS_INPUT) };
  });
}
