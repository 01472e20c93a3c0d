import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile } from "../model/index.js";
import { inRun, RUN_FILES } from "./run-folder.js";
import { chainFiles, requireRun, sealOf, verdictFiles, type RunManifest } from "./run-manifest.js";
import { openRunTables } from "./run-tables.js";
import { createTally } from "./signature.js";

export interface Verification {
  readonly manifest: RunManifest;
  /** What is wrong, one sentence each; empty for a run that is as it was finished. */
  readonly faults: readonly string[];
}

/**
 * Whether a finished run is as it was finished: every file by its digest, each entry by those before it, nothing
 * missing and nothing added, the verdicts by their signature. Whoever can write the folder can make all of that anew:
 * against them, keep the seal elsewhere and have it compared.
 *
 * @param seal as it was printed when the run was finished
 * @throws GuardError `invalid_config` where there is no finished run
 */
export async function verifyRun(dir: string, seal?: string): Promise<Verification> {
  const manifest = await requireRun(dir);
  const { seal: own, ...sealed } = manifest;
  const faults: string[] = [];
  if (sealOf(sealed) !== own) faults.push(`${RUN_FILES.manifest} was changed: its seal does not fit`);
  if (seal !== undefined && seal !== own) faults.push(`the seal is another one: ${own}`);
  if (!chainFiles(manifest, manifest.files).every(({ chain }, at) => chain === manifest.files[at]?.chain))
    faults.push("the chain of files is broken: files were taken out, added or put in another order");

  let whole = true;
  for (const { path, sha256 } of manifest.files) {
    const found = await hashFile(inRun(dir, path)).catch(
      (error: NodeJS.ErrnoException) => error.code ?? "error",
    );
    if (found === sha256) continue;
    whole = false;
    faults.push(/^E[A-Z]/.test(found) ? `${path} cannot be read: ${found}` : `${path} was changed`);
  }
  const named = new Set(verdictFiles(manifest));
  const there = await readdir(inRun(dir, RUN_FILES.verdicts)).catch(() => []);
  for (const name of there.map((one) => `${RUN_FILES.verdicts}/${one}`))
    if (!named.has(name)) faults.push(`${name} is no part of the run`);

  if (whole) faults.push(...(await verdictFaults(dir, manifest))); // what was changed is not worth reading
  return { manifest, faults };
}

async function verdictFaults(dir: string, manifest: RunManifest): Promise<string[]> {
  const spillDir = await mkdtemp(join(tmpdir(), "portcullis-verify-"));
  try {
    await using tables = await openRunTables({ spillDir });
    const tally = createTally();
    for (const path of verdictFiles(manifest))
      for await (const rows of tables.readVerdicts(inRun(dir, path))) tally.add(rows);
    const { counts, signature } = tally.finish();
    const off = Object.entries(counts).filter(
      ([name, count]) => manifest.counts[name as keyof typeof counts] !== count,
    );
    return [
      ...(signature === manifest.signature ? [] : ["the signature does not fit the verdicts"]),
      ...off.map(
        ([name, count]) => `there are ${String(count)} ${name}, and ${RUN_FILES.manifest} says otherwise`,
      ),
    ];
  } finally {
    await rm(spillDir, { recursive: true, force: true });
  }
}
