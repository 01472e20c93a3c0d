import { lstat, readdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { GuardError } from "../base/index.js";
import { hashFile } from "./hash-file.js";
import type { ManifestFile, ModelFolder } from "./manifest.js";
import { MANIFEST, readManifest } from "./read-manifest.js";

const bad = (path: string, detail: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${path} ${detail}; convert or download the model again`, { cause });

/**
 * Reads the manifest of a model folder and checks every file against it, byte for byte. The runtime itself
 * checks nothing: a flipped bit would load silently and a shortened file would crash the process.
 * @throws GuardError `bad_model_file` naming the file: missing, surplus, of another size or digest, a link
 */
export async function openModelFolder(dir: string): Promise<ModelFolder> {
  const root = resolve(dir);
  const { manifest, sha256 } = await readManifest(root);
  const listed = new Set([MANIFEST, ...manifest.files.map((file) => file.path)]);
  for (const path of await plainFiles(root))
    if (!listed.has(path))
      throw new GuardError("bad_model_file", `${join(root, path)} is not in the manifest; remove it`);
  for (const file of manifest.files) await checkFile(root, file);
  return { dir: root, manifest, sha256 };
}

/** Relative paths of all files below `root`; anything but files and folders is refused: a link leads elsewhere. */
async function plainFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const path of await readdir(root, { recursive: true })) {
    const stat = await lstat(join(root, path));
    if (stat.isFile()) files.push(path.split(sep).join("/"));
    else if (!stat.isDirectory()) throw bad(join(root, path), "is neither a file nor a folder");
  }
  return files;
}

async function checkFile(root: string, file: ManifestFile): Promise<void> {
  const path = join(root, file.path);
  const stat = await lstat(path).catch((cause: unknown) => {
    throw bad(path, "is missing", cause);
  });
  if (!stat.isFile()) throw bad(path, "is not a file");
  if (stat.size !== file.bytes)
    throw bad(path, `has ${String(stat.size)} bytes instead of ${String(file.bytes)}`);
  if ((await hashFile(path)) !== file.sha256) throw bad(path, "differs from its digest in the manifest");
}
