import {
  SETTINGS,
  SETTING_NAMES,
  allowedValues,
  envName,
  flagName,
  shownDefault,
  type SettingGroup,
} from "../config/index.js";
import type { Command } from "./command.js";
import { EXIT_CODE_HELP } from "./exit-code.js";

/** Lines of two columns, the first as wide as its longest entry. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

export function programHelp(commands: readonly Command[]): string {
  return [
    "portcullis: a safety gate before and after a chat model",
    "Usage: portcullis COMMAND [OPTIONS]",
    `Commands:\n${columns(commands.map(({ name, usage, summary }) => [`${name} ${usage}`.trim(), summary]))}`,
    `Exit codes:\n${columns(EXIT_CODE_HELP.map(([code, meaning]) => [String(code), meaning]))}`,
    "`portcullis COMMAND --help` shows the options of a command; `portcullis --version` the version.",
  ].join("\n\n");
}

export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, { value, help }]) => [`--${name}${value === undefined ? "" : ` ${value}`}`, help] as const,
  );
  return [
    `Usage: portcullis ${command.name} ${command.usage}`.trim(),
    command.summary,
    ...(command.details === undefined ? [] : [command.details]),
    ...(options.length === 0 ? [] : [`Options:\n${columns(options)}`]),
    ...command.settingGroups.map(settingsHelp),
  ].join("\n\n");
}

function settingsHelp(group: SettingGroup): string {
  const blocks = SETTING_NAMES.filter((name) => SETTINGS[name].group === group).map((name) => {
    const setting = SETTINGS[name];
    const facts = `${envName(name)}; ${allowedValues(setting)}; default ${shownDefault(setting)}`;
    return `  --${flagName(name)}\n      ${setting.help}\n      ${facts}`;
  });
  return `Settings, ${group}:\n${blocks.join("\n")}`;
}
