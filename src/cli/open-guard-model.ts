import { readCommandSettings, type FlagValues } from "../config/index.js";
import type { EmbeddedEngine } from "../engine/index.js";
import { resolveModelDir } from "../model/index.js";
import { openPolicyRegistry, type Policy } from "../policy/index.js";
import { readPromptTemplates, type PromptTemplates } from "../prompt/index.js";
import { logEngineEvent } from "./log-engine-event.js";
import { createLog, type Log } from "./log.js";
import { openEmbeddedEngine } from "./open-embedded-engine.js";

export interface GuardModel extends AsyncDisposable {
  readonly engine: EmbeddedEngine;
  readonly templates: PromptTemplates;
}

const log = createLog("auto");
const withoutInfo: Log = (level, ...event) => {
  if (level !== "info") log(level, ...event);
};

/** The embedded guard that a service with the same settings would ask. Errors of its process go to stderr. */
export async function openGuardModel(flags: FlagValues, signal: AbortSignal): Promise<GuardModel> {
  const settings = readCommandSettings(flags);
  const templates = await readPromptTemplates();
  const engine = await openEmbeddedEngine(settings, {
    modelDir: await resolveModelDir(settings.modelsDir, settings.guard),
    drainMs: 0, // whoever stops a command does not wait for rows in flight
    signal,
    onEvent: (event) => logEngineEvent(withoutInfo, "engine", event),
  });
  return { engine, templates, [Symbol.asyncDispose]: () => engine.close() };
}

/**
 * One policy as it is served.
 * @param id the default policy unless given
 * @throws GuardError `policy_not_found` and `invalid_policy`
 */
export async function policyServed(flags: FlagValues, id: string | undefined): Promise<Policy> {
  const { policiesDir, defaultPolicy } = readCommandSettings(flags);
  const registry = await openPolicyRegistry({ dir: policiesDir });
  try {
    return registry.get(id ?? defaultPolicy);
  } finally {
    await registry.close();
  }
}
