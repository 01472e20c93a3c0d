import { followSignal, GuardError } from "../base/index.js";
import type { GenerationEvent, GenerationRequest, Generator } from "../generation/index.js";
import type { EngineOptions } from "./engine-options.js";
import type { EngineInfo, EngineState } from "./engine.js";
import { openEngineProcess, type EngineProcess } from "./engine-process.js";
import { createEventQueue } from "./event-queue.js";
import { renderInput } from "./render-input.js";

/** The generator that runs a model on this machine, in a process of its own. */
export interface EmbeddedGenerator extends Generator, AsyncDisposable, Pick<EngineProcess, "gauges"> {
  /** All that is known of the model. */
  readonly model: EngineInfo;
  readonly state: EngineState;
}

/**
 * Starts the child and waits until it has written a first token.
 * @throws GuardError `bad_model_file` naming the file, `engine_unavailable`, or what the signal says
 */
export async function openGeneratorEngine(options: EngineOptions): Promise<EmbeddedGenerator> {
  const engine = await openEngineProcess("generator", options);
  const { modelId, notice, contextTokens } = engine.info;

  /**
   * Events wait for their reader in this process: a slow one holds up nobody, and what can wait is bounded by the
   * context.
   */
  async function* generate(
    { input, choices, sampling, tools = [] }: GenerationRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<GenerationEvent> {
    if (tools.length > 0)
      throw new GuardError("invalid_request", "this model calls no tools; leave them out", {
        pointer: "/tools",
      });
    const maxTokens = Math.min(sampling.maxTokens, contextTokens);
    const request = { prompt: renderInput(input), choices, sampling: { ...sampling, maxTokens } };
    const events = createEventQueue<GenerationEvent>();
    using caller = followSignal(signal);
    const answered = engine
      .ask({ kind: "generate", request }, { signal: caller.controller.signal }, events.push)
      .then((usage) => {
        events.push([{ type: "usage", ...usage }]);
        events.end();
      }, events.fail);
    try {
      yield* events;
    } finally {
      caller.controller.abort(); // whoever leaves early frees what the generation holds
      await answered;
    }
  }

  return {
    info: { modelId, notice, contextTokens, tools: false },
    model: engine.info,
    get state() {
      return engine.state;
    },
    generate,
    gauges: engine.gauges,
    close: engine.close,
    [Symbol.asyncDispose]: engine.close,
  };
}
