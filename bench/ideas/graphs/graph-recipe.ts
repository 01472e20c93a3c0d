import { headTensor, type Checkpoint } from "../../../convert/index.js";
import { readCheckpointTokenizer } from "../../../convert/checkpoint-tokenizer.js";
import { decoderWeights } from "../../../convert/decoder-weights.js";
import { buildDecoderGraph, type DirectAttention } from "../../../convert/graph/decoder-graph.js";
import { GraphBuilder } from "../../../convert/graph/graph-builder.js";
import { ARITHMETIC, type Linear } from "../../../convert/graph/linear.js";
import { guardHeadRows } from "../../../convert/head-rows.js";
import type { ModelGeometry } from "../../../model/index.js";

/** How a graph is made of a checkpoint. */
export interface GraphRecipe {
  /** Tells it from others. */
  readonly name: string;
  readonly format: "int8" | "int4";
  readonly task: "guard" | "generator";
  readonly directAttention: DirectAttention;
  /** Products of the layers, where they are not the format's own. */
  readonly linear?: (geometry: ModelGeometry) => Linear;
  /** Changes the graph that the converter has built. */
  readonly rewrite?: (graph: GraphBuilder) => void;
}

/** The graphs of the product. */
export const GUARD: GraphRecipe = {
  ...{ name: "guard", format: "int8", task: "guard", directAttention: "lastLayer" },
};
export const GENERATOR: GraphRecipe = {
  ...{ name: "generator", format: "int4", task: "generator", directAttention: "everywhere" },
};

export async function buildGraph(checkpoint: Checkpoint, recipe: GraphRecipe): Promise<GraphBuilder> {
  const { geometry } = checkpoint;
  const tokenizer = await readCheckpointTokenizer(checkpoint.dir, geometry.vocabSize);
  const ends = tokenizer.controls.get("<|eot_id|>");
  const graph = new GraphBuilder();
  const arithmetic = ARITHMETIC[recipe.format];
  buildDecoderGraph({
    ...{ graph, weights: decoderWeights(checkpoint), headTensor: headTensor(checkpoint) },
    arithmetic: { ...arithmetic, linear: recipe.linear?.(geometry) ?? arithmetic.linear },
    head:
      recipe.task === "generator"
        ? { kind: "full" }
        : { kind: "rows", tokenIds: guardHeadRows(tokenizer, ends === undefined ? [] : [ends]) },
    directAttention: recipe.directAttention,
  });
  recipe.rewrite?.(graph);
  return graph;
}
