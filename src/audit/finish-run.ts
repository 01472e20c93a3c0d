import { writeFile } from "node:fs/promises";
import { packageVersion } from "../base/index.js";
import { hashFile } from "../model/index.js";
import { putInPlace } from "./durable.js";
import type { RunFile } from "./journal.js";
import { inRun, RUN_FILES } from "./run-folder.js";
import type { RunIdentity } from "./run-identity.js";
import { chainFiles, sealOf, type RunManifest } from "./run-manifest.js";
import type { RunTables } from "./run-tables.js";
import { createTally } from "./signature.js";
import type { TokensUsed } from "./tokens-used.js";

/** Everything judged, and nothing left to do but to say so. */
export interface FinishedWork {
  /** Where the parts are. */
  readonly dir: string;
  readonly identity: RunIdentity;
  readonly startedAt: string;
  readonly seconds: number;
  readonly used: TokensUsed;
  readonly conversations: number;
  /** Files of verdicts, in order. */
  readonly parts: readonly RunFile[];
  /** Absolute paths of files of faults, in order. */
  readonly faultsFiles: readonly string[];
  readonly tables: RunTables;
  /** Signature of the run this one was made from. */
  readonly replayOf: string | null;
}

/**
 * Makes a whole run of judged chunks: one file of faults, then `run.json`, whose appearance is what finishes the run.
 * Everything it says of verdicts is read from the files once more.
 */
export async function finishRun(work: FinishedWork): Promise<RunManifest> {
  const { dir, identity, startedAt, seconds, used, conversations, parts, faultsFiles, tables, replayOf } =
    work;
  const faultsFile = inRun(dir, RUN_FILES.faults);
  await tables.joinFaults(faultsFile, faultsFiles);
  const faultCounts = await tables.countFaults(faultsFile);

  const tally = createTally();
  for (const { path } of parts)
    for await (const rows of tables.readVerdicts(inRun(dir, path))) tally.add(rows);
  const { counts, signature } = tally.finish();

  const manifest: Omit<RunManifest, "seal"> = {
    format: "portcullis-audit",
    formatVersion: 1,
    portcullis: packageVersion(),
    ...identity,
    ...{ startedAt, finishedAt: new Date().toISOString(), seconds, used },
    counts: {
      ...{ conversations, ...counts, ...faultCounts },
      duplicates: await tables.duplicates(parts.map(({ path }) => inRun(dir, path))),
    },
    replayOf,
    files: chainFiles(identity, [
      ...parts,
      { path: RUN_FILES.faults, sha256: await hashFile(faultsFile), rows: faultCounts.faults },
    ]),
    signature,
  };
  const sealed: RunManifest = { ...manifest, seal: sealOf(manifest) };
  await putInPlace(inRun(dir, RUN_FILES.manifest), (unfinished) =>
    writeFile(unfinished, `${JSON.stringify(sealed, null, 2)}\n`),
  );
  return sealed;
}
