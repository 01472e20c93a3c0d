import { lstat, readdir, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { folderBytes } from "./folder-bytes.js";
import { isModelName, isRemains, nameWhileRemoved } from "./model-name.js";
import { printable } from "./printable.js";
import { claimsToBeModel } from "./read-manifest.js";

export interface RemoveOptions {
  /** Whether a folder goes, too, that does not say that it is a model. */
  readonly force?: boolean;
}

/**
 * Deletes a model, or what an interruption left behind. The folder is renamed first: whoever looks for the
 * model finds all of it or nothing, and a removal that is interrupted leaves remains that are listed as such.
 * A process that has the model open keeps it until it ends.
 * @param name of a folder directly in `modelsDir`, as `listModels` shows it
 * @returns bytes freed
 * @throws GuardError `invalid_config` when it is anything else: a path, a link, a file, a folder of something else
 */
export async function removeModel(
  modelsDir: string,
  name: string,
  { force = false }: RemoveOptions = {},
): Promise<number> {
  if (!isModelName(name) && !isRemains(name))
    throw new GuardError(
      "invalid_config",
      `"${printable(name)}" is no name of a model, as \`portcullis models\` lists`,
    );
  const dir = resolve(modelsDir, name);
  await requireFolder(dir);
  if (!force && !isRemains(name)) await refuseOther(dir);
  const removed = resolve(modelsDir, nameWhileRemoved(name));
  try {
    const bytes = await folderBytes(dir);
    await rm(removed, { recursive: true, force: true }); // left by a removal that was interrupted
    await rename(dir, removed);
    await rm(removed, { recursive: true });
    return bytes;
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    throw new GuardError("invalid_config", `${printable(dir)} cannot be removed: ${code}`, { cause });
  }
}

const refuse = (dir: string, why: string): GuardError =>
  new GuardError("invalid_config", `${printable(dir)} ${why}`);

async function requireFolder(dir: string): Promise<void> {
  const found = await lstat(dir).catch((cause: unknown) => {
    throw new GuardError(
      "invalid_config",
      `there is no ${printable(dir)}; \`portcullis models\` lists what there is`,
      { cause },
    );
  });
  if (found.isSymbolicLink()) throw refuse(dir, "is a link to somewhere else; remove it by hand, with `rm`");
  if (!found.isDirectory()) throw refuse(dir, "is a file and no model; remove it by hand, with `rm`");
}

async function refuseOther(dir: string): Promise<void> {
  if (await claimsToBeModel(dir)) return;
  if ((await readdir(dir).catch(() => null))?.length === 0)
    throw refuse(dir, "is an empty folder and no model; remove it by hand, with `rmdir`, or with --force");
  throw refuse(
    dir,
    "has no manifest.json of a model, so it may be something else; --force removes it anyway",
  );
}
