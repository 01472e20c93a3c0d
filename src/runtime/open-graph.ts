import { InferenceSession, type Tensor } from "onnxruntime-node";
import { GuardError } from "../base/index.js";
import { sessionOptions } from "./session-options.js";

export type Feeds = Readonly<Record<string, Tensor>>;

/** A graph the runtime has loaded. What it reads from external data stays mapped, not copied, until it is closed. */
export interface Graph {
  /**
   * Blocks the thread and cannot be cancelled. Inputs may be reused once it has answered.
   * @param fetches names of float32 outputs; each is copied, so ask for none that is not needed
   */
  run(feeds: Feeds, fetches: readonly string[]): Promise<Readonly<Record<string, Float32Array>>>;
  /** Gives memory and mappings back; not while a run is under way. */
  close(): Promise<void>;
}

export interface GraphOptions {
  /** Absolute path of the .onnx file; its external data lie beside it. */
  readonly graphPath: string;
  /** Threads of one matrix product. */
  readonly threads: number;
}

/**
 * Loads a graph, which blocks the thread as running it does: both belong in a process of their own, and that
 * process needs `ORT_DISABLE_TELEMETRY=1` in its environment before the first graph.
 * @throws GuardError `bad_model_file` when the runtime refuses the graph
 */
export async function openGraph({ graphPath, threads }: GraphOptions): Promise<Graph> {
  const native = await InferenceSession.create(graphPath, sessionOptions(threads)).catch((cause: unknown) => {
    throw new GuardError("bad_model_file", `${graphPath} cannot be loaded by the runtime; convert it again`, {
      cause,
    });
  });
  return {
    async run(feeds, fetches) {
      const outputs = await native.run(feeds, fetches);
      return Object.fromEntries(fetches.map((name) => [name, outputs[name]!.data as Float32Array]));
    },
    close: () => native.release(),
  };
}
