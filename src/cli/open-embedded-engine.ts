import { engineEnvironment, type Settings } from "../config/index.js";
import { openEngine, type EmbeddedEngine, type EngineEvent } from "../engine/index.js";

const MIB = 1024 * 1024;

interface EngineLife {
  /** Absolute path of a model folder. */
  readonly modelDir: string;
  /** How long closing waits for what was asked. */
  readonly drainMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

/**
 * The guard's engine on this machine, as the settings want it.
 * @throws GuardError as `openEngine` does
 */
export const openEmbeddedEngine = (settings: Settings, life: EngineLife): Promise<EmbeddedEngine> =>
  openEngine({
    ...life,
    threads: settings.threads,
    headCacheBytes: settings.headCacheMib * MIB,
    cacheBytes: settings.conversationCacheMib * MIB,
    waitingTokens: settings.waitingTokens,
    stepTokens: settings.stepTokens,
    startTimeoutMs: settings.startTimeoutMs,
    stuckMs: settings.stuckMs,
    env: engineEnvironment(),
  });
