import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Per thread; far beyond any cache. */
const BYTES = 256 * 1024 * 1024;
const RUNS = 6;

/** Runs in each thread. `set` is the machine's own memcpy. */
const COPY = `
  const { parentPort, workerData } = require("node:worker_threads");
  const [from, to] = [new Float64Array(workerData / 8).fill(1), new Float64Array(workerData / 8).fill(2)];
  parentPort.on("message", () => { to.set(from); parentPort.postMessage(null); });
  parentPort.postMessage(null);
`;

/** Bytes per second read and written by that many threads that copy at once, the best of some runs. */
export async function copyBandwidth(threads: number): Promise<number> {
  const workers = Array.from({ length: threads }, () => new Worker(COPY, { eval: true, workerData: BYTES }));
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
    let leastMs = Infinity;
    for (let run = 0; run < RUNS; run++) {
      const startMs = performance.now();
      await Promise.all(
        workers.map((worker) => {
          const copied = once(worker, "message");
          worker.postMessage(null);
          return copied;
        }),
      );
      leastMs = Math.min(leastMs, performance.now() - startMs);
    }
    return (2 * threads * BYTES * 1000) / leastMs;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
