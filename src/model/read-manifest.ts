import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../base/index.js";
import type { ModelManifest } from "./manifest.js";
import { parseManifest } from "./parse-manifest.js";

export const MANIFEST = "manifest.json";

/** 8,192 head rows and 1,000 files stay below a quarter of this. */
const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * Reads what a model folder says of itself; whether its files are as it says is not looked at.
 * @param dir absolute
 * @returns the manifest and its SHA-256, lower-case hex
 * @throws GuardError `bad_model_file`
 */
export async function readManifest(dir: string): Promise<{ manifest: ModelManifest; sha256: string }> {
  const path = join(dir, MANIFEST);
  const bytes = await readBytes(path);
  return {
    manifest: parseManifest(parseJson(bytes, path)),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

async function readBytes(path: string): Promise<Buffer> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new GuardError(
      "bad_model_file",
      `${path} cannot be read; a model folder is made by the convert command`,
      { cause },
    );
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw bad(path, "is not a file");
    if (found.size > MAX_MANIFEST_BYTES)
      throw bad(path, `has ${String(found.size)} bytes, too many for a manifest`);
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

const bad = (path: string, detail: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${path} ${detail}; convert or download the model again`, { cause });
