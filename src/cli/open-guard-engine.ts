import type { Config } from "../config/index.js";
import type { Engine, EngineGauges } from "../engine/index.js";
import { resolveModelDir } from "../model/index.js";
import { openRemoteGuard } from "../remote-guard/index.js";
import { logEngineEvent } from "./log-engine-event.js";
import { logServerEvent } from "./log-server-event.js";
import type { Log } from "./log.js";
import { modelKindOf } from "./model-kind.js";
import { openEmbeddedEngine } from "./open-embedded-engine.js";

/** The guard's engine, on this machine or on another. */
export type GuardEngine = Engine & { gauges(): EngineGauges };

interface GuardEngineDeps {
  readonly log: Log;
  /** Template of the default policy, for models whose name does not tell theirs. */
  readonly template: string;
  readonly signal: AbortSignal;
  /** Called when an engine that lost all it knew has started, the first time too. */
  readonly onStarted: () => void;
}

/** @throws GuardError of the engine or server that cannot be had */
export const openGuardEngine = (config: Config, deps: GuardEngineDeps): Promise<GuardEngine> =>
  config.guardUrl === null ? openEmbedded(config, deps) : openRemote(config, config.guardUrl, deps);

async function openEmbedded(
  config: Config,
  { log, signal, onStarted }: GuardEngineDeps,
): Promise<GuardEngine> {
  return openEmbeddedEngine(config, {
    modelDir: await resolveModelDir(config.modelsDir, config.guard),
    drainMs: config.drainMs,
    signal,
    onEvent(event) {
      logEngineEvent(log, "engine", event);
      if (event.type === "started") onStarted();
    },
  });
}

function openRemote(
  config: Config,
  baseUrl: string,
  { log, signal, template, onStarted }: GuardEngineDeps,
): Promise<GuardEngine> {
  const model = config.guardModel!; // refused where they are missing
  const kind = modelKindOf(model);
  log("info", "guard asked", { server: config.guardServer, model });
  return openRemoteGuard({
    server: config.guardServer,
    baseUrl,
    model,
    apiKey: config.guardKey,
    tokenizerPath: config.guardTokenizer!,
    verdicts: config.guardVerdicts,
    contextTokens: config.guardContextTokens === 0 ? null : config.guardContextTokens,
    template: kind?.template ?? template,
    notice: kind?.notice ?? "A model on another server, which says nothing of what it is.",
    waitingTokens: config.waitingTokens,
    connectTimeoutMs: config.serverConnectTimeoutMs,
    silenceMs: config.serverSilenceMs,
    retries: config.serverRetries,
    drainMs: config.drainMs,
    signal,
    onEvent(event) {
      logServerEvent(log, event);
      if (event.type === "found") onStarted(); // it may have lost what it had read of the policy
    },
  });
}
