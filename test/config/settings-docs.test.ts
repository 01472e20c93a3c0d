import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import {
  SETTINGS,
  SETTING_NAMES,
  allowedValues,
  envName,
  flagName,
  shownDefault,
  type SettingName,
} from "../../src/config/index.js";
import { METRIC } from "../../src/telemetry/index.js";

const PATH = join(PACKAGE_ROOT, "docs/configuration.md");
const MARKED = /(?<=<!-- settings -->\n\n).*(?=\n\n<!-- end of settings -->)/s;

function entry(name: SettingName): string {
  const setting = SETTINGS[name];
  const values = `${allowedValues(setting)}, default ${shownDefault(setting)}`;
  return `- \`${envName(name)}\`, \`--${flagName(name)}\` (${values}): ${setting.help} The default: ${setting.why}.`;
}

function settingsList(): string {
  const groups = [...new Set(SETTING_NAMES.map((name) => SETTINGS[name].group))];
  return groups
    .flatMap((group) => [
      `### ${group[0]!.toUpperCase()}${group.slice(1)}`,
      SETTING_NAMES.filter((name) => SETTINGS[name].group === group)
        .map(entry)
        .join("\n"),
    ])
    .join("\n\n");
}

describe("docs/configuration.md", () => {
  it("lists exactly the settings there are; UPDATE_DOCS=1 in the environment of this test writes the list", () => {
    const document = readFileSync(PATH, "utf8");
    const expected = document.replace(MARKED, settingsList);
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PATH, expected);
    else expect(document).toBe(expected);
    expect(document).toMatch(MARKED);
  });

  it("names every metric", () => {
    const documented = [...readFileSync(PATH, "utf8").matchAll(/`([a-z0-9._]+)`/g)].map(([, name]) => name!);
    const missing = Object.values(METRIC).filter(
      (name) => !documented.some((one) => one === name || (one.startsWith(".") && name.endsWith(one))),
    );
    expect(missing).toEqual([]);
  });
});
