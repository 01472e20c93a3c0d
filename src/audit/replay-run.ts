import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { GuardError } from "../base/index.js";
import { applyRules } from "../guard/index.js";
import { hashFile } from "../model/index.js";
import { diskFault } from "./disk-fault.js";
import { finishRun } from "./finish-run.js";
import type { RunFile } from "./journal.js";
import { requireDecoded } from "./new-rules.js";
import { inRun, RUN_FILES } from "./run-folder.js";
import type { AuditedPolicy } from "./run-identity.js";
import { requireRun, verdictFiles, type RunManifest } from "./run-manifest.js";
import { openRunTables, type RunTables } from "./run-tables.js";
import { NO_TOKENS } from "./tokens-used.js";
import type { VerdictRow } from "./verdict-row.js";

export interface ReplayRequest {
  readonly dir: string;
  /** Absolute path of a folder that is not there yet, or is empty. */
  readonly outDir: string;
  /** Gives the policies their other rules. */
  readonly change: (policies: readonly AuditedPolicy[]) => readonly AuditedPolicy[];
  readonly signal: AbortSignal;
}

/**
 * Decides the verdicts of a run anew, under other rules and without the model: exactly what the same answers of the
 * model come to under them.
 *
 * @throws GuardError `invalid_config` when the run does not know enough, and where `outDir` holds something
 */
export async function replayRun({ dir, outDir, change, signal }: ReplayRequest): Promise<RunManifest> {
  const run = await requireRun(dir);
  const policies = change(run.policies);
  requireDecoded(policies);
  if ((await readdir(outDir).catch(() => [])).length > 0)
    throw new GuardError("invalid_config", `${outDir} holds something already: name a new folder in --out`);
  const unfinished = `${outDir}.unfinished`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(inRun(unfinished, RUN_FILES.verdicts), { recursive: true });
    const manifest = await decideAnew({ run, dir, unfinished, policies, signal });
    await rm(outDir, { recursive: true, force: true }); // empty, or not there
    await rename(unfinished, outDir);
    return manifest;
  } catch (error) {
    throw diskFault(error, outDir);
  }
}

interface Replay {
  readonly run: RunManifest;
  readonly dir: string;
  readonly unfinished: string;
  readonly policies: readonly AuditedPolicy[];
  readonly signal: AbortSignal;
}

async function decideAnew({ run, dir, unfinished, policies, signal }: Replay): Promise<RunManifest> {
  const startedMs = Date.now();
  await using tables = await openRunTables({ spillDir: inRun(unfinished, "spill") });
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const parts: RunFile[] = [];
  for (const path of verdictFiles(run)) {
    signal.throwIfAborted();
    const rows = await decided(tables, inRun(dir, path), byId);
    const place = inRun(unfinished, path);
    await tables.writeVerdicts(place, rows);
    parts.push({ path, sha256: await hashFile(place), rows: rows.length });
  }
  const { inputs, options, model } = run;
  const manifest = await finishRun({
    dir: unfinished,
    identity: { inputs, options, policies, model },
    startedAt: new Date(startedMs).toISOString(),
    seconds: (Date.now() - startedMs) / 1000,
    used: NO_TOKENS,
    conversations: run.counts.conversations,
    parts,
    faultsFiles: [inRun(dir, RUN_FILES.faults)],
    tables,
    replayOf: run.signature,
  });
  await rm(inRun(unfinished, "spill"), { recursive: true, force: true });
  return manifest;
}

async function decided(
  tables: RunTables,
  path: string,
  policies: ReadonlyMap<string, AuditedPolicy>,
): Promise<VerdictRow[]> {
  const rows: VerdictRow[] = [];
  for await (const some of tables.readVerdicts(path)) rows.push(...some);
  return rows.map((row) => {
    const policy = policies.get(row.policy);
    if (policy === undefined)
      throw new GuardError("invalid_config", `${path} was judged by a policy that its run does not have`);
    const policySha256 = policy.sha256;
    if (row.status !== "judged") return { ...row, policySha256 };
    const { violated, action } = applyRules(policy.categories, row.role, row.namedAt);
    return { ...row, policySha256, violated, action, verdict: violated.length > 0 ? "unsafe" : "safe" };
  });
}
