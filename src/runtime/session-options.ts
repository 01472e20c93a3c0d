import type { InferenceSession } from "onnxruntime-node";

/** Longer than what one thread does between two operators of several, in models so small that waking up counts. */
const SPIN_MICROSECONDS = 100;

/** How every graph is loaded; measuring programs take the same. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // The runtime would keep a plan, and the memory for it, for every size of step it has seen. Hardly one comes again:
    // 120 MiB beside two layers of 8B, and no faster.
    enableMemPattern: false,
    // Threads wait for the next operator awake, but not for long and never for the next run: a machine is shared with
    // HTTP and tokenising. The starter guard's service answers a tenth more than with threads that sleep at once, for 3 %
    // more CPU time; awake between runs, they would burn every pause.
    extra: {
      session: {
        intra_op: { allow_spinning: "1", spin_duration_us: String(SPIN_MICROSECONDS) },
        force_spinning_stop: "1",
      },
    },
  };
}
