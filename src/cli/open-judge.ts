import { engineEnvironment, type Settings } from "../config/index.js";
import { openEngine, type EmbeddedEngine } from "../engine/index.js";
import { createGuard } from "../guard/index.js";
import { readPromptTemplates } from "../prompt/index.js";
import { logEngineEvent } from "./log-engine-event.js";
import type { Log } from "./log.js";

const MIB = 1024 * 1024;

export interface Judge extends AsyncDisposable {
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
  const engine = await openEngine({
    modelDir,
    threads: settings.threads,
    headCacheBytes: settings.headCacheMib * MIB,
    cacheBytes: settings.conversationCacheMib * MIB,
    waitingTokens: settings.waitingTokens,
    stepTokens: settings.stepTokens,
    drainMs: 0, // who stops a command does not wait for what it asked
    startTimeoutMs: settings.startTimeoutMs,
    stuckMs: settings.stuckMs,
    env: engineEnvironment(),
    signal,
    onEvent: (event) => logEngineEvent(log, "engine", event),
  });
  return {
    guard: createGuard({ engine, templates }),
    engine,
    [Symbol.asyncDispose]: () => engine.close(),
  };
}
