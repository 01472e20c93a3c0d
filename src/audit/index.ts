export { parseContext, type AuditContext } from "./context.js";
export type { Chunk, ChunkResult, ChunkRunner } from "./chunk.js";
export { createChunkRunner, type ChunkRunnerDeps } from "./create-chunk-runner.js";
export { diffRuns, type ChangedTurn, type RunDiff, type RunSummary } from "./diff-runs.js";
export { exportVerdicts } from "./export-verdicts.js";
export { createPatientJudge, type PatienceOptions, type PatientJudge } from "./judge-patiently.js";
export { parseThresholds, withPolicy, withThresholds } from "./new-rules.js";
export { openQueueRunner, type QueueRunner, type QueueRunnerOptions } from "./queue/open-queue-runner.js";
export { parseQueueAddress, type QueueAddress } from "./queue/queue-address.js";
export type { CoordinatorEvent, WorkerEvent } from "./queue/queue-event.js";
export { serveQueue } from "./queue/serve-queue.js";
export type { QueueWorkerOptions } from "./queue/worker-options.js";
export { replayRun, type ReplayRequest } from "./replay-run.js";
export { runAudit, type AuditEvent, type AuditOutcome, type AuditRequest } from "./run-audit.js";
export {
  auditedPolicy,
  questionSha256,
  type AuditedCategory,
  type AuditedModel,
  type AuditedPolicy,
  type RunIdentity,
  type RunOptions,
} from "./run-identity.js";
export { requireRun, type RunCounts, type RunManifest, type SealedFile } from "./run-manifest.js";
export type { TurnStatus, VerdictRow } from "./verdict-row.js";
export { verifyRun, type Verification } from "./verify-run.js";
export { REPORT_FILE } from "./report/report-file.js";
export { writeReport } from "./write-report.js";
