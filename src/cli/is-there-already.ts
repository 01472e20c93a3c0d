import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { GuardError } from "../base/index.js";
import { ADAPTER_FILES, hashFile, readManifest, type ModelManifest } from "../model/index.js";
import type { ModelOptions } from "./model-options.js";

export interface WantedModel extends ModelOptions {
  readonly repository: string;
  /** As it was asked for; undefined for whatever is newest. */
  readonly revision: string | undefined;
}

/**
 * Whether a folder holds the very model that is asked for, so that asking again costs nothing.
 * @throws GuardError `invalid_config` when something else is in its place
 */
export async function isThereAlready(dir: string, wanted: WantedModel): Promise<boolean> {
  if ((await lstat(dir).catch(() => null)) === null) return false;
  const name = basename(dir);
  const manifest = await readManifest(dir).then(
    ({ manifest: found }) => found,
    (cause: unknown) => {
      throw new GuardError(
        "invalid_config",
        `${dir} is there and is no model that can be used: move it away, or give this one a --name`,
        { cause },
      );
    },
  );
  const other = await differences(manifest, wanted);
  if (other.length === 0) return true;
  throw new GuardError(
    "invalid_config",
    `${name} is there already with another ${other.join(", ")}: give this one a --name, or run ` +
      `\`portcullis models remove ${name}\` first`,
  );
}

/** What is asked for otherwise, by the names of the flags. */
async function differences(manifest: ModelManifest, wanted: WantedModel): Promise<string[]> {
  const { source, quantization } = manifest;
  const alpha = wanted.calibrationRows > 0 ? wanted.smoothingAlpha : null;
  const pairs: [name: string, there: unknown, asked: unknown][] = [
    ["repository", source.repository, wanted.repository],
    ["revision", source.revision, wanted.revision ?? source.revision],
    ["task", manifest.task, wanted.task],
    ["format", manifest.graph.format, wanted.format],
    ["template", manifest.template, wanted.template],
    ["id", manifest.id, wanted.id],
    ["notice", manifest.notice, wanted.notice],
    ["smooth", quantization?.smoothing?.alpha ?? null, alpha],
    ["adapter", adapterDigest(manifest), await digestOf(wanted.adapterDir)],
  ];
  return pairs.filter(([, there, asked]) => there !== asked).map(([name]) => name);
}

const adapterDigest = ({ adapter }: ModelManifest): string | null =>
  adapter?.files.find(({ path }) => path === ADAPTER_FILES.weights)?.sha256 ?? null;

async function digestOf(adapterDir: string | undefined): Promise<string | null> {
  if (adapterDir === undefined) return null;
  const path = join(adapterDir, ADAPTER_FILES.weights);
  return hashFile(path).catch((cause: unknown) => {
    throw new GuardError(
      "invalid_config",
      `${path} cannot be read; --adapter names the folder of an adapter`,
      {
        cause,
      },
    );
  });
}
