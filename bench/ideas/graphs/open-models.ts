import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../../base/index.js";
import { openCheckpoint } from "../../../convert/index.js";
import { GRAPH, writeGraph } from "../../../convert/write-graph.js";
import { readManifest, type ModelGeometry } from "../../../model/index.js";
import { writeSmallCheckpoint } from "../../full-size/small-vocabulary.js";
import { SHAPE_8B } from "../../full-size/synthetic-checkpoint.js";
import { createRandom } from "../../random.js";
import type { ModelName } from "../idea.js";
import { fillWithNoise } from "./fill-with-noise.js";
import { buildGraph, type GraphRecipe } from "./graph-recipe.js";

/** A graph on disk. */
export interface GraphFile {
  readonly path: string;
  readonly geometry: ModelGeometry;
}

const STARTER_CHECKPOINT = join(PACKAGE_ROOT, "training/starter/checkpoint");
const CHAT_MODEL = join(PACKAGE_ROOT, "onnx/starter-chat");
const LAYERS = 2;

/** Models of ideas; each graph is written when it is first asked for. */
export interface Models {
  graphOf(model: ModelName, recipe: GraphRecipe): Promise<GraphFile>;
}

/**
 * @param dir an empty folder for checkpoints and graphs
 * @param threads which convert
 */
export function openModels(dir: string, seed: number, threads: number): Models {
  const known = new Map<string, { readonly recipe: GraphRecipe; readonly file: Promise<GraphFile> }>();
  let syntheticDir: string | undefined;

  function writeNoise(): string {
    const noise = join(dir, "8B");
    writeSmallCheckpoint(noise, { ...SHAPE_8B, layers: LAYERS }, seed);
    return noise;
  }

  async function write(model: ModelName, recipe: GraphRecipe): Promise<GraphFile> {
    if (model === "chat") {
      const { manifest } = await readManifest(CHAT_MODEL);
      return { path: join(CHAT_MODEL, manifest.graph.path), geometry: manifest.geometry };
    }
    const checkpoint = await openCheckpoint(
      model === "starter" ? STARTER_CHECKPOINT : (syntheticDir ??= writeNoise()),
    );
    const graph = await buildGraph(checkpoint, recipe);
    if (model === "8B") fillWithNoise(graph, createRandom(seed));
    const out = join(dir, `${model}-${recipe.name}`);
    mkdirSync(out);
    await writeGraph(graph, out, { threads });
    return { path: join(out, GRAPH), geometry: checkpoint.geometry };
  }

  return {
    graphOf(model, recipe) {
      const key = `${model} ${recipe.name}`;
      const made = known.get(key) ?? { recipe, file: write(model, recipe) };
      if (made.recipe !== recipe) throw new Error(`two graphs are named ${recipe.name}`);
      known.set(key, made);
      return made.file;
    },
  };
}
