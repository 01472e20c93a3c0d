import { GuardError } from "../base/index.js";
import { isWorldReadable, readKeysFile, type ApiKey } from "./keys-file.js";
import { readTelemetryConfig, type TelemetryConfig } from "./open-telemetry.js";
import { readSettings, type FlagValues } from "./read-settings.js";
import type { Settings } from "./settings.js";

/** Everything an operator decides, read once. */
export interface Config extends Settings {
  /** Empty where the service asks for no key. */
  readonly keys: readonly ApiKey[];
  readonly telemetry: TelemetryConfig;
  /** What an operator should hear about, one sentence each. */
  readonly warnings: readonly string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * @param flags values from the command line by setting name; they win over the environment
 * @throws GuardError `invalid_config`
 */
export function readConfig(flags: FlagValues = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const settings = readSettings(env, flags);
  refuseContradictions(settings);
  const keys = settings.keysFile === null ? [] : readKeysFile(settings.keysFile);
  return Object.freeze({
    ...settings,
    keys: Object.freeze(keys),
    telemetry: Object.freeze(readTelemetryConfig(env, settings.metrics)),
    warnings: Object.freeze(warningsAbout(settings)),
  });
}

function refuseContradictions({ host, keysFile, allowOpen, stepTokens, waitingTokens }: Settings): void {
  if (keysFile === null && allowOpen === "no" && !LOOPBACK.test(host))
    throw new GuardError(
      "invalid_config",
      "PORTCULLIS_HOST lets other machines in, and no key would be asked for: name a PORTCULLIS_KEYS_FILE " +
        "(`portcullis key create` makes entries), or set PORTCULLIS_ALLOW_OPEN=yes if that is what you want",
    );
  if (keysFile !== null && allowOpen === "yes")
    throw new GuardError(
      "invalid_config",
      "PORTCULLIS_ALLOW_OPEN=yes and PORTCULLIS_KEYS_FILE contradict each other: keep one of them",
    );
  if (stepTokens > waitingTokens)
    throw new GuardError(
      "invalid_config",
      "PORTCULLIS_STEP_TOKENS must not exceed PORTCULLIS_WAITING_TOKENS: no step could ever be full",
    );
}

function warningsAbout({ keysFile, host }: Settings): string[] {
  const warnings: string[] = [];
  if (keysFile !== null && isWorldReadable(keysFile))
    warnings.push("Every user of this machine can read the keys file: `chmod o-r` helps.");
  if (keysFile === null && !LOOPBACK.test(host))
    warnings.push("Every machine that reaches this one may use the service: no key is asked for.");
  return warnings;
}
