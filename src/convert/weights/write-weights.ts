import { once } from "node:events";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { GuardError, PACKAGE_ROOT } from "../../base/index.js";
import { openDataFile } from "./data-file.js";
import { sourceBytes } from "./matrix-source.js";
import { runWeightJob } from "./run-weight-job.js";
import type { WeightJob, WeightReport } from "./weight-job.js";
import type { FromWeightWorker, ToWeightWorker, WeightWorkerData } from "./weight-messages.js";

export interface WriteWeightsOptions {
  /** Threads; each holds the result of one weight at a time, at most 235 MB at 8B. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the checkpoint read so far, of all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** Below this, starting threads costs more than it saves. */
const WORTH_A_THREAD_BYTES = 16 * 1024 * 1024;

/** The built file: threads load JavaScript, also where sources are run as TypeScript. */
const WORKER = join(PACKAGE_ROOT, "dist/convert/weights/weight-worker.js");

/**
 * Fills the data file of a graph, whose places were reserved before.
 * @returns reports in the order of the jobs
 * @throws GuardError `bad_model_file` of the first weight that fails, `canceled` by the signal
 */
export async function writeWeights(
  jobs: readonly WeightJob[],
  dataPath: string,
  { threads, signal, onProgress }: WriteWeightsOptions,
): Promise<WeightReport[]> {
  const totalBytes = jobs.reduce((bytes, job) => bytes + sourceBytes(job.source), 0);
  const reports = new Array<WeightReport>(jobs.length);
  // Largest first, so that no thread is left alone with a large one at the end.
  const waiting = [...jobs.keys()].sort(
    (a, b) => sourceBytes(jobs[a]!.source) - sourceBytes(jobs[b]!.source),
  );
  let doneBytes = 0;

  async function drain(run: (job: WeightJob) => Promise<WeightReport>): Promise<void> {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (signal?.aborted === true) throw canceled(signal.reason);
      reports[index] = await run(jobs[index]!);
      doneBytes += sourceBytes(jobs[index]!.source);
      onProgress?.(doneBytes, totalBytes);
    }
  }

  if (threads <= 1 || totalBytes < WORTH_A_THREAD_BYTES) {
    using file = openDataFile(dataPath);
    await drain(async (job) => {
      await setImmediate(); // signals and progress get their turn
      return runWeightJob(job, file);
    });
    return reports;
  }
  const workers = Array.from(
    { length: Math.min(threads, jobs.length) },
    () => new Worker(WORKER, { workerData: { dataPath } satisfies WeightWorkerData }),
  );
  const stop = (): void => {
    for (const worker of workers) void worker.terminate();
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(workers.map((worker) => drain((job) => ask(worker, job, signal))));
    return reports;
  } finally {
    signal?.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function ask(worker: Worker, job: WeightJob, signal: AbortSignal | undefined): Promise<WeightReport> {
  worker.postMessage({ type: "run", job } satisfies ToWeightWorker);
  const ended = new AbortController();
  try {
    const options = { signal: ended.signal };
    const answer = await Promise.race([
      once(worker, "message", options).then(([message]) => message as FromWeightWorker),
      once(worker, "exit", options).then(() => null),
    ]);
    if (answer?.type === "done") return answer.report;
    if (answer?.type === "failed") throw new GuardError(answer.error.code, answer.error.message);
  } catch (cause) {
    if (cause instanceof GuardError) throw cause;
    // `once` rejects with what the thread threw: out of memory, out of disk.
    throw new GuardError("bad_model_file", `${job.name} could not be written: ${String(cause)}`, { cause });
  } finally {
    ended.abort();
  }
  throw signal?.aborted === true
    ? canceled(signal.reason)
    : new GuardError("bad_model_file", `the thread that wrote ${job.name} ended`);
}

const canceled = (cause: unknown): GuardError =>
  new GuardError("canceled", "the conversion was interrupted", { cause });
