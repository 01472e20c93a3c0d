import type { Settings } from "../config/index.js";
import type { EmbeddedEngine } from "../engine/index.js";
import { createGuard } from "../guard/index.js";
import { readPromptTemplates, type PromptTemplates } from "../prompt/index.js";
import { logEngineEvent } from "./log-engine-event.js";
import type { Log } from "./log.js";
import { openEmbeddedEngine } from "./open-embedded-engine.js";

export interface Judge extends AsyncDisposable {
  readonly templates: PromptTemplates;
  readonly guard: ReturnType<typeof createGuard>;
  readonly engine: EmbeddedEngine;
}

/**
 * The guard without a service around it, for commands that judge by themselves.
 * @param modelDir absolute path of a model folder
 * @throws GuardError as `openEngine` does
 */
export async function openJudge(
  settings: Settings,
  { modelDir, log, signal }: { readonly modelDir: string; readonly log: Log; readonly signal: AbortSignal },
): Promise<Judge> {
  const templates = await readPromptTemplates();
  const engine = await openEmbeddedEngine(settings, {
    modelDir,
    drainMs: 0, // who stops a command does not wait for what it asked
    signal,
    onEvent: (event) => logEngineEvent(log, "engine", event),
  });
  return {
    guard: createGuard({ engine, templates }),
    engine,
    templates,
    [Symbol.asyncDispose]: () => engine.close(),
  };
}
