import { join } from "node:path";
import { GuardError } from "../../base/index.js";
import { openModelFolder, type ModelGeometry } from "../../model/index.js";
import { openTokenizer, type Tokenizer } from "../../tokenizer/index.js";
import type { AnswerVocabulary } from "../answer.js";
import type { EngineInfo } from "../engine.js";
import type { Session } from "./graph-run.js";
import { openSession } from "./session.js";
import { readVocabulary } from "./vocabulary.js";

/** A guard model ready to answer. */
export interface Model {
  readonly info: EngineInfo;
  readonly geometry: ModelGeometry;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: AnswerVocabulary;
  readonly session: Session;
}

/**
 * Checks every file of the folder before the runtime, which checks nothing, sees any of them.
 * @throws GuardError `bad_model_file`
 */
export async function openModel(modelDir: string, threads: number): Promise<Model> {
  const { dir, manifest, sha256 } = await openModelFolder(modelDir);
  const { geometry } = manifest;
  if (manifest.task !== "guard")
    throw new GuardError("bad_model_file", `${dir} holds a ${manifest.task}; a guard is needed`);
  const tokenizer = await openTokenizer(join(dir, manifest.tokenizer.path));
  const vocabulary = readVocabulary(manifest, tokenizer);
  const session = await openSession({ graphPath: join(dir, manifest.graph.path), geometry, threads });
  const { id, notice, template } = manifest;
  return {
    info: { modelId: id, modelSha256: sha256, notice, template, contextTokens: geometry.contextTokens },
    ...{ geometry, tokenizer, vocabulary, session },
  };
}
