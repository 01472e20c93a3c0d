import { lstat, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { folderBytes } from "./folder-bytes.js";
import { isModelName, isRemains, nameWhileRemoved } from "./model-name.js";
import { MANIFEST } from "./read-manifest.js";

/**
 * Deletes a model, or what an interruption left behind. The folder is renamed first: whoever looks for the
 * model finds all of it or nothing, and a removal that is interrupted leaves remains that are listed as such.
 * A process that has the model open keeps it until it ends.
 * @param name of a folder directly in `modelsDir`, as `listModels` shows it
 * @returns bytes freed
 * @throws GuardError `invalid_config` when it is anything else: a path, a link, a folder without a manifest
 */
export async function removeModel(modelsDir: string, name: string): Promise<number> {
  if (!isModelName(name) && !isRemains(name))
    throw new GuardError("invalid_config", `"${name}" is no name of a model, as \`portcullis models\` lists`);
  const dir = resolve(modelsDir, name);
  await refuseOther(dir, name);
  const removed = resolve(modelsDir, nameWhileRemoved(name));
  try {
    const bytes = await folderBytes(dir);
    await rm(removed, { recursive: true, force: true }); // left by a removal that was interrupted
    await rename(dir, removed);
    await rm(removed, { recursive: true });
    return bytes;
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    throw new GuardError("invalid_config", `${dir} cannot be removed: ${code}`, { cause });
  }
}

async function refuseOther(dir: string, name: string): Promise<void> {
  const found = await lstat(dir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `there is no ${dir}; \`portcullis models\` lists what there is`, {
      cause,
    });
  });
  const refuse = (why: string): GuardError => new GuardError("invalid_config", `${dir} ${why}; it stays`);
  if (found.isSymbolicLink()) throw refuse("is a link to somewhere else");
  if (!found.isDirectory()) throw refuse("is not a folder");
  if (isRemains(name)) return;
  const manifest = await lstat(join(dir, MANIFEST)).catch(() => null);
  if (manifest?.isFile() !== true) throw refuse(`has no ${MANIFEST}, so it is no model`);
}
