import { createHash } from "node:crypto";
import { join } from "node:path";
import { GuardError } from "../base/index.js";
import type { ModelManifest } from "./manifest.js";
import { parseManifest } from "./parse-manifest.js";
import { readPlainFile } from "./plain-file.js";

export const MANIFEST = "manifest.json";

/** 8,192 head rows and 1,000 files stay below a quarter of this. */
const MAX_MANIFEST_BYTES = 1024 * 1024;

const REMEDY = "convert or download the model again";

/**
 * Reads what a model folder says of itself; whether its files are as it says is not looked at.
 * @param dir absolute
 * @returns the manifest and its SHA-256, lower-case hex
 * @throws GuardError `bad_model_file`
 */
export async function readManifest(dir: string): Promise<{ manifest: ModelManifest; sha256: string }> {
  const { json, bytes } = await readManifestJson(dir);
  return { manifest: parseManifest(json), sha256: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * Whether a folder says that it is a model, be it one of another version or one that this version would not open.
 * Other programs have files called manifest.json, too.
 */
export async function claimsToBeModel(dir: string): Promise<boolean> {
  const { json } = await readManifestJson(dir).catch(() => ({ json: null }));
  const { schemaVersion, id, graph } = (json ?? {}) as Partial<Record<keyof ModelManifest, unknown>>;
  const { path } = (graph ?? {}) as Partial<Record<keyof ModelManifest["graph"], unknown>>;
  return Number.isInteger(schemaVersion) && typeof id === "string" && typeof path === "string";
}

async function readManifestJson(dir: string): Promise<{ json: unknown; bytes: Buffer }> {
  const path = join(dir, MANIFEST);
  const bytes = await readPlainFile(path, MAX_MANIFEST_BYTES, REMEDY);
  try {
    return { json: JSON.parse(bytes.toString("utf8")), bytes };
  } catch (cause) {
    throw new GuardError("bad_model_file", `${path} is not JSON; ${REMEDY}`, { cause });
  }
}
