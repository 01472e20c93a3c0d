import { createHash } from "node:crypto";
import { lstat, open, readdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { GuardError } from "../base/index.js";
import { hashFile } from "./hash-file.js";
import type { ManifestFile, ModelFolder } from "./manifest.js";
import { parseManifest } from "./parse-manifest.js";

const MANIFEST = "manifest.json";
/** 8,192 head rows and 1,000 files stay below a quarter of this. */
const MAX_MANIFEST_BYTES = 1024 * 1024;

const bad = (path: string, detail: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${path} ${detail}; convert or download the model again`, { cause });

/**
 * Reads the manifest of a model folder and checks every file against it, byte for byte. The runtime itself
 * checks nothing: a flipped bit would load silently and a shortened file would crash the process.
 * @throws GuardError `bad_model_file` naming the file: missing, surplus, of another size or digest, a link
 */
export async function openModelFolder(dir: string): Promise<ModelFolder> {
  const root = resolve(dir);
  const bytes = await readManifest(join(root, MANIFEST));
  const manifest = parseManifest(parseJson(bytes, join(root, MANIFEST)));
  const listed = new Set([MANIFEST, ...manifest.files.map((file) => file.path)]);
  for (const path of await plainFiles(root))
    if (!listed.has(path))
      throw new GuardError("bad_model_file", `${join(root, path)} is not in the manifest; remove it`);
  for (const file of manifest.files) await checkFile(root, file);
  return { dir: root, manifest, sha256: createHash("sha256").update(bytes).digest("hex") };
}

async function readManifest(path: string): Promise<Buffer> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new GuardError(
      "bad_model_file",
      `${path} cannot be read; a model folder is made by the convert command`,
      { cause },
    );
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_MANIFEST_BYTES) throw bad(path, `has ${String(size)} bytes, too many for a manifest`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function parseJson(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw bad(path, "is not JSON", cause);
  }
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
