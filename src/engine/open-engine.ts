import { openEngineProcess, type EngineProcess } from "./engine-process.js";
import type { EngineOptions } from "./engine-options.js";
import type { Engine } from "./engine.js";

/** The engine that runs a guard on this machine, in a process of its own. */
export type EmbeddedEngine = Engine & Pick<EngineProcess, "gauges"> & AsyncDisposable;

/**
 * Starts the child and waits until it has answered a first prompt.
 * @throws GuardError `bad_model_file` naming the file, `engine_unavailable`, or what the signal says
 */
export async function openEngine(options: EngineOptions): Promise<EmbeddedEngine> {
  const engine = await openEngineProcess("guard", options);
  const { info, ask, gauges, close } = engine;
  return {
    info,
    get state() {
      return engine.state;
    },
    score: (request, callOptions) => ask({ kind: "score", request }, callOptions),
    count: (texts, callOptions) => ask({ kind: "count", texts }, callOptions),
    split: (request, callOptions) => ask({ kind: "split", request }, callOptions),
    gauges,
    close,
    [Symbol.asyncDispose]: close,
  };
}
