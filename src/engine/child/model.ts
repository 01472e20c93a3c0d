import { join } from "node:path";
import { GuardError } from "../../base/index.js";
import {
  openModelFolder,
  type ModelFolder,
  type ModelGeometry,
  type ModelManifest,
} from "../../model/index.js";
import { openTokenizer, type Tokenizer } from "../../tokenizer/index.js";
import type { AnswerVocabulary } from "../answer.js";
import type { EngineInfo } from "../engine.js";
import type { WriterVocabulary } from "../generated-answer.js";
import type { Session } from "./graph-run.js";
import { openSession } from "./session.js";
import { usefulThreads } from "./useful-threads.js";
import { readVocabulary } from "./vocabulary.js";
import { readWriterVocabulary } from "./writer-vocabulary.js";

/** A model ready to run. */
export interface Model {
  readonly info: EngineInfo;
  readonly geometry: ModelGeometry;
  readonly tokenizer: Tokenizer;
  readonly session: Session;
}

export interface GuardModel extends Model {
  readonly vocabulary: AnswerVocabulary;
}

export interface GeneratorModel extends Model {
  readonly vocabulary: WriterVocabulary;
}

/**
 * Opens a guard. Every file of the folder is checked before the runtime, which checks nothing, sees any of them;
 * all that can be wrong with small files is found before the large one is loaded.
 * @throws GuardError `bad_model_file`
 */
export const openGuardModel = (modelDir: string, threads: number): Promise<GuardModel> =>
  openModel(modelDir, threads, "guard", ({ manifest }, tokenizer) => readVocabulary(manifest, tokenizer));

/**
 * Opens a generator, in the same way.
 * @throws GuardError `bad_model_file`
 */
export const openGeneratorModel = (modelDir: string, threads: number): Promise<GeneratorModel> =>
  openModel(modelDir, threads, "generator", readWriterVocabulary);

async function openModel<V>(
  modelDir: string,
  threads: number,
  task: ModelManifest["task"],
  read: (folder: ModelFolder, tokenizer: Tokenizer) => V | Promise<V>,
): Promise<Model & { readonly vocabulary: V }> {
  const folder = await openModelFolder(modelDir);
  const { dir, manifest, sha256 } = folder;
  const { geometry } = manifest;
  if (manifest.task !== task)
    throw new GuardError("bad_model_file", `${dir} holds a ${manifest.task}; a ${task} is needed`);
  const tokenizer = await openTokenizer(join(dir, manifest.tokenizer.path));
  const vocabulary = await read(folder, tokenizer);
  const session = await openSession({
    ...{ graphPath: join(dir, manifest.graph.path), geometry },
    threads: usefulThreads(geometry, task, threads),
  });
  const { id, notice, template } = manifest;
  return {
    info: { modelId: id, modelSha256: sha256, notice, template, contextTokens: geometry.contextTokens },
    ...{ geometry, tokenizer, vocabulary, session },
  };
}
