import { readCommandSettings, type FlagValues } from "../config/index.js";
import { resolveModelDir } from "../model/index.js";
import type { Policy } from "../policy/index.js";
import { troubleOnly } from "./log-trouble.js";
import { openJudge, type Judge } from "./open-judge.js";
import { policiesServed } from "./policies-named.js";

/** The embedded guard that a service with the same settings would ask. */
export async function openGuardModel(flags: FlagValues, signal: AbortSignal): Promise<Judge> {
  const settings = readCommandSettings(flags);
  const modelDir = await resolveModelDir(settings.modelsDir, settings.guard);
  return openJudge(settings, { modelDir, log: troubleOnly, signal });
}

/**
 * One policy as it is served.
 * @param id the default policy unless given
 * @throws GuardError `policy_not_found` and `invalid_policy`
 */
export async function policyServed(flags: FlagValues, id: string | undefined): Promise<Policy> {
  const { policiesDir, defaultPolicy } = readCommandSettings(flags);
  const [policy] = await policiesServed([id ?? defaultPolicy], policiesDir);
  return policy!;
}
