import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../base/index.js";
import { folderBytes } from "./folder-bytes.js";
import type { ModelManifest, WeightFormat } from "./manifest.js";
import { isModelName, isRemains } from "./model-name.js";
import { readManifest } from "./read-manifest.js";

interface ListedFolder {
  /** Of the folder: what a model is called here, whatever its id. */
  readonly name: string;
  /** What its files take; 0 where that cannot be seen. */
  readonly bytes: number;
  /** When a file was last added to the folder, taken away or renamed. */
  readonly modified: Date;
}

/** A folder in the folder of models: a model, one that cannot be read, or what an interruption left behind. */
export type ModelListing = ListedFolder &
  (
    | {
        readonly kind: "model";
        readonly id: string;
        readonly task: ModelManifest["task"];
        readonly format: WeightFormat;
        readonly source: { readonly repository: string; readonly revision: string };
        /** Name of the LoRA adapter merged into the weights, or null. */
        readonly adapter: string | null;
      }
    | { readonly kind: "faulty"; readonly fault: string }
    | { readonly kind: "unfinished" }
  );

/**
 * What the folder of models holds, by name. Manifests are read, files are not checked: that takes as long as
 * reading all of them, and `openModelFolder` does it.
 * @throws GuardError `invalid_config` when there is no such folder
 */
export async function listModels(modelsDir: string): Promise<ModelListing[]> {
  const names = await readdir(modelsDir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `the folder of models ${modelsDir} cannot be read`, { cause });
  });
  const listings: ModelListing[] = [];
  for (const name of names.filter((one) => isModelName(one) || isRemains(one)).sort()) {
    const dir = join(modelsDir, name);
    const found = await stat(dir).catch(() => null); // follows links: a model may lie on another disk
    if (found?.isDirectory() !== true) continue;
    const folder: ListedFolder = {
      name,
      bytes: await folderBytes(dir).catch(() => 0),
      modified: found.mtime,
    };
    listings.push(
      isRemains(name) ? { ...folder, kind: "unfinished" } : { ...folder, ...(await summaryOf(dir)) },
    );
  }
  return listings;
}

async function summaryOf(dir: string) {
  try {
    const { id, task, graph, source, adapter } = (await readManifest(dir)).manifest;
    const { repository, revision } = source;
    const made = { source: { repository, revision }, adapter: adapter?.name ?? null };
    return { kind: "model", id, task, format: graph.format, ...made } as const;
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return { kind: "faulty", fault: error.message } as const;
  }
}
