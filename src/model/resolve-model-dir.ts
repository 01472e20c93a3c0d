import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { listModels } from "./list-models.js";
import { isModelName } from "./model-name.js";
import { printable } from "./printable.js";

/**
 * The folder a model was asked for by. A bare name means the folder of models first and the working directory
 * second; anything with a separator is a path, and whether it leads anywhere shows when it is opened.
 * @returns absolute path
 * @throws GuardError `invalid_config` naming the models there are, or for an empty name: as a path it would mean the
 * working directory
 */
export async function resolveModelDir(modelsDir: string, nameOrPath: string): Promise<string> {
  if (nameOrPath === "")
    throw new GuardError(
      "invalid_config",
      "a model's name is empty; `portcullis models` lists what there is",
    );
  if (!isModelName(nameOrPath)) return resolve(nameOrPath);
  for (const dir of [resolve(modelsDir, nameOrPath), resolve(nameOrPath)])
    if (await isFolder(dir)) return dir;

  const models = (await listModels(modelsDir)).filter(({ kind }) => kind === "model");
  const there = models.length === 0 ? "none" : models.map(({ name }) => printable(name)).join(", ");
  throw new GuardError(
    "invalid_config",
    `there is no model "${printable(nameOrPath)}"; in ${modelsDir} there is: ${there}. \`portcullis pull\` fetches others`,
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
