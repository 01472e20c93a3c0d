import { resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { GuardError, lazyValidator } from "../base/index.js";
import { CLIENT_KEY_ENV } from "./client-key.js";
import { QUEUE_PASSWORD_ENV } from "./queue-password.js";
import { ENV_PREFIX, allowedValues, envName, flagName, type Setting } from "./setting.js";
import { SETTINGS, SETTING_NAMES, type SettingName, type Settings } from "./settings.js";

/** Values as people wrote them, by setting name. */
export type FlagValues = Readonly<Record<string, string | undefined>>;

function schemaOf(setting: Setting): object {
  switch (setting.kind) {
    case "integer":
      return { type: "integer", minimum: setting.minimum, maximum: setting.maximum };
    case "choice":
      return { enum: setting.choices };
    case "text":
      return { type: "string", minLength: 1, nullable: setting.default === null };
    case "path":
      return { type: "string", minLength: 1, nullable: true };
  }
}

const areSettings = lazyValidator(() =>
  new Ajv({ allErrors: true }).compile<Settings>({
    type: "object",
    additionalProperties: false,
    required: SETTING_NAMES,
    properties: Object.fromEntries(SETTING_NAMES.map((name) => [name, schemaOf(SETTINGS[name])])),
  }),
);

/**
 * Flags over environment over defaults, checked as a whole.
 *
 * @throws GuardError `invalid_config` naming every variable at fault and the values it may have
 */
export function readSettings(env: NodeJS.ProcessEnv, flags: FlagValues): Settings {
  refuseUnknownVariables(env);
  const raw = Object.fromEntries(
    SETTING_NAMES.map((name) => {
      const text = flags[name] ?? env[envName(name)];
      return [name, text === undefined ? SETTINGS[name].default : valueOf(SETTINGS[name], text)];
    }),
  );
  if (areSettings(raw)) return raw;
  throw new GuardError("invalid_config", describe(areSettings.errors ?? [], flags));
}

/** Settings that somebody wrote down, rather than left at their defaults. */
export const givenSettings = (env: NodeJS.ProcessEnv, flags: FlagValues): ReadonlySet<SettingName> =>
  new Set(SETTING_NAMES.filter((name) => (flags[name] ?? env[envName(name)]) !== undefined));

/** Text that does not fit the kind is left as it is, for the schema to refuse. */
function valueOf(setting: Setting, text: string): string | number {
  if (setting.kind === "integer" && /^\d{1,15}$/.test(text)) return Number(text);
  return setting.kind === "path" && text !== "" ? resolve(text) : text;
}

function refuseUnknownVariables(env: NodeJS.ProcessEnv): void {
  const known = new Set([...SETTING_NAMES.map(envName), CLIENT_KEY_ENV, QUEUE_PASSWORD_ENV]);
  const unknown = Object.keys(env).filter((name) => name.startsWith(ENV_PREFIX) && !known.has(name));
  if (unknown.length > 0)
    throw new GuardError(
      "invalid_config",
      `${unknown.join(", ")}: no such setting; \`portcullis serve --help\` lists them all`,
    );
}

function describe(errors: readonly ErrorObject[], flags: FlagValues): string {
  const names = new Set(errors.map(({ instancePath }) => instancePath.slice(1) as keyof Settings));
  return [...names]
    .map((name) => {
      const shown = flags[name] === undefined ? envName(name) : `--${flagName(name)}`;
      return `${shown} must be ${allowedValues(SETTINGS[name])}`;
    })
    .join("; ");
}
