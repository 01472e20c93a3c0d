import { refuseContradictions } from "./contradictions.js";
import { readKeysFile, type ApiKey } from "./keys-file.js";
import { readTelemetryConfig, type TelemetryConfig } from "./open-telemetry.js";
import { givenSettings, readSettings, type FlagValues } from "./read-settings.js";
import { readServerKey } from "./server-key.js";
import type { Settings } from "./settings.js";
import { warningsAbout } from "./warnings.js";

/** Everything an operator decides, read once. */
export interface Config extends Settings {
  /** Empty where the service asks for no key. */
  readonly keys: readonly ApiKey[];
  /** What the guard's server is shown; null where it asks for nothing. Never for logs. */
  readonly guardKey: string | null;
  /** What the generator's server is shown. */
  readonly generatorKey: string | null;
  readonly telemetry: TelemetryConfig;
  /** What an operator should hear about, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * @param flags values from the command line by setting name; they win over the environment
 * @throws GuardError `invalid_config`
 */
export function readConfig(flags: FlagValues = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const settings = readSettings(env, flags);
  refuseContradictions(settings, givenSettings(env, flags));
  const { keysFile, guardKeyFile, generatorKeyFile } = settings;
  return Object.freeze({
    ...settings,
    keys: Object.freeze(keysFile === null ? [] : readKeysFile(keysFile)),
    guardKey: guardKeyFile === null ? null : readServerKey(guardKeyFile),
    generatorKey: generatorKeyFile === null ? null : readServerKey(generatorKeyFile),
    telemetry: Object.freeze(readTelemetryConfig(env, settings.metrics)),
    warnings: Object.freeze(warningsAbout(settings)),
  });
}
