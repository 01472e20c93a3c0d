import { join } from "node:path";
import {
  createChunkRunner,
  createPatientJudge,
  runAudit,
  type RunManifest,
  type RunOptions,
} from "../../src/audit/index.js";
import type { LogEntry } from "../../src/logs/index.js";
import type { Policy } from "../../src/policy/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { identity, MODEL, OPTIONS, policy, scriptedExaminer } from "./scripted-judge.js";
import { scriptedLog } from "./scripted-log.js";

export interface FinishedRun {
  readonly dir: string;
  readonly manifest: RunManifest;
}

/** A run of a scripted log by a scripted judge, done. */
export async function finishedRun(
  policies: readonly Policy[] = [policy()],
  options: Partial<RunOptions> = {},
  log: () => AsyncIterable<LogEntry> = () => scriptedLog(60),
): Promise<FinishedRun> {
  const dir = join(tempFolder(), "run");
  const { manifest } = await runAudit({
    ...{ dir, identity: identity(policies, options), readEntries: log, signal: new AbortController().signal },
    openRunner: () =>
      Promise.resolve(
        createChunkRunner({
          judge: createPatientJudge(scriptedExaminer(), { state: "ready" }),
          ...{ model: MODEL, policies, conversationsInFlight: 4, ...OPTIONS, ...options },
        }),
      ),
  });
  return { dir, manifest };
}
