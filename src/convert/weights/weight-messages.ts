import type { ErrorCode } from "../../base/index.js";
import type { WeightJob, WeightReport } from "./weight-job.js";

/** What crosses to a thread that writes weights. */
export type ToWeightWorker = { readonly type: "run"; readonly job: WeightJob };

/** What comes back. */
export type FromWeightWorker =
  | { readonly type: "done"; readonly report: WeightReport }
  | { readonly type: "failed"; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** Given to a thread as it starts. */
export interface WeightWorkerData {
  readonly dataPath: string;
}
