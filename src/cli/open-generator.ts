import { GuardError } from "../base/index.js";
import { engineEnvironment, type Config } from "../config/index.js";
import { openGeneratorEngine } from "../engine/index.js";
import type { Generator } from "../generation/index.js";
import { resolveModelDir } from "../model/index.js";
import { openUpstream } from "../upstream/index.js";
import { logEngineEvent } from "./log-engine-event.js";
import type { Log } from "./log.js";
import { modelKindOf } from "./model-kind.js";

const MIB = 1024 * 1024;

interface GeneratorDeps {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * The model that writes, on this machine or on another; null where none is wanted.
 * @throws GuardError of the engine or server that cannot be had
 */
export function openGenerator(config: Config, deps: GeneratorDeps): Promise<Generator | null> {
  if (config.generatorUrl !== null) return openRemote(config, config.generatorUrl, deps);
  return config.generator === "none" ? Promise.resolve(null) : openEmbedded(config, deps);
}

async function openEmbedded(config: Config, { log, signal }: GeneratorDeps): Promise<Generator> {
  return openGeneratorEngine({
    modelDir: await modelDirOf(config),
    threads: config.generatorThreads,
    cacheBytes: config.generatorCacheMib * MIB,
    waitingTokens: config.generatorWaitingTokens,
    stepTokens: config.stepTokens,
    drainMs: config.drainMs,
    startTimeoutMs: config.startTimeoutMs,
    stuckMs: config.stuckMs,
    env: engineEnvironment(),
    signal,
    onEvent: (event) => logEngineEvent(log, "generator", event),
  });
}

/** A folder of models without the toy in it is common, and who has one may not know of chat at all. */
const modelDirOf = (config: Config): Promise<string> =>
  resolveModelDir(config.modelsDir, config.generator).catch((cause: unknown) => {
    if (!(cause instanceof GuardError)) throw cause;
    const advice = "PORTCULLIS_GENERATOR names another generator, or none for no chat";
    throw new GuardError(cause.code, `${cause.message}; ${advice}`, { cause });
  });

function openRemote(config: Config, baseUrl: string, { log, signal }: GeneratorDeps): Promise<Generator> {
  const model = config.generatorModel!; // refused where it is missing
  log("info", "generator asked", { server: config.generatorServer, model });
  return openUpstream({
    preset: config.generatorServer,
    baseUrl,
    model,
    apiKey: config.generatorKey,
    kind: config.generatorKind,
    specialTokens: config.generatorSpecialTokens,
    deadlineMs: config.chatDeadlineMs,
    connectTimeoutMs: config.serverConnectTimeoutMs,
    silenceMs: config.serverSilenceMs,
    retries: config.serverRetries,
    drainMs: config.drainMs,
    notice: modelKindOf(model)?.notice ?? null,
    signal,
  });
}
