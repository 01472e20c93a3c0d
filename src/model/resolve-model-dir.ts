import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { listModels } from "./list-models.js";
import { isModelName } from "./model-name.js";

/**
 * The folder a model was asked for by. A bare name means the folder of models first and the working directory
 * second; anything with a separator is a path, and whether it leads anywhere shows when it is opened.
 * @returns absolute path
 * @throws GuardError `invalid_config` naming the models there are
 */
export async function resolveModelDir(modelsDir: string, nameOrPath: string): Promise<string> {
  if (!isModelName(nameOrPath)) return resolve(nameOrPath);
  for (const dir of [resolve(modelsDir, nameOrPath), resolve(nameOrPath)])
    if (await isFolder(dir)) return dir;

  const models = (await listModels(modelsDir)).filter(({ kind }) => kind === "model");
  const there = models.length === 0 ? "none" : models.map(({ name }) => name).join(", ");
  throw new GuardError(
    "invalid_config",
    `there is no model "${nameOrPath}"; in ${modelsDir} there is: ${there}. \`portcullis pull\` fetches others`,
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
