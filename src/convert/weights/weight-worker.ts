import { parentPort, workerData } from "node:worker_threads";
import { GuardError } from "../../base/index.js";
import { openDataFile } from "./data-file.js";
import { runWeightJob } from "./run-weight-job.js";
import type { FromWeightWorker, ToWeightWorker, WeightWorkerData } from "./weight-messages.js";

const file = openDataFile((workerData as WeightWorkerData).dataPath);

parentPort!.on("message", ({ job }: ToWeightWorker) => {
  parentPort!.postMessage(answer(job));
});

function answer(job: ToWeightWorker["job"]): FromWeightWorker {
  try {
    return { type: "done", report: runWeightJob(job, file) };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error; // ends the thread; the pool passes it on
    return { type: "failed", error: { code: error.code, message: error.message } };
  }
}
