export { CLIENT_KEY_ENV, readClientKey } from "./client-key.js";
export { engineEnvironment } from "./engine-environment.js";
export { readCommandSettings } from "./command-settings.js";
export { readHubSettings, type HubSettings } from "./hub-settings.js";
export { KEY_ID_PATTERN, type ApiKey } from "./keys-file.js";
export type { TelemetryConfig } from "./open-telemetry.js";
export { QUEUE_PASSWORD_ENV, readQueuePassword } from "./queue-password.js";
export { readConfig, type Config } from "./read-config.js";
export type { FlagValues } from "./read-settings.js";
export {
  allowedValues,
  envName,
  flagName,
  shownDefault,
  type Setting,
  type SettingGroup,
} from "./setting.js";
export { SETTINGS, SETTING_NAMES, type SettingName, type Settings } from "./settings.js";
export { readS3Access, type S3Settings } from "./s3-access.js";
