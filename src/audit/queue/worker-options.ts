import type { Policy } from "../../policy/index.js";
import type { PatientJudge } from "../judge-patiently.js";
import type { AuditedModel } from "../run-identity.js";
import type { QueueAddress } from "./queue-address.js";
import type { WorkerEvent } from "./queue-event.js";

export interface QueueWorkerOptions {
  readonly address: QueueAddress;
  readonly judge: PatientJudge;
  readonly model: Pick<AuditedModel, "id" | "sha256">;
  /** As they are now; null where there is none of this id. */
  readonly policyOf: (id: string) => Policy | null;
  /** Pieces of one run that are at work at once. */
  readonly concurrency: number;
  readonly conversationsInFlight: number;
  /** A worker that was silent for so long has its pieces taken over, ms. The same for all workers of a run. */
  readonly takeoverMs: number;
  readonly onEvent: (event: WorkerEvent) => void;
  /** Asks to stop: what is at work goes back in line. */
  readonly signal: AbortSignal;
}
