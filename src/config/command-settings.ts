import { readSettings, type FlagValues } from "./read-settings.js";
import type { Settings } from "./settings.js";

/**
 * Settings of a command that serves nobody: what only a service has to get right, such as keys, is not asked.
 * @param flags values from the command line by setting name; they win over the environment
 * @throws GuardError `invalid_config`
 */
export const readCommandSettings = (
  flags: FlagValues = {},
  env: NodeJS.ProcessEnv = process.env,
): Readonly<Settings> => Object.freeze(readSettings(env, flags));
