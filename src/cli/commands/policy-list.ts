import { readCommandSettings } from "../../config/index.js";
import { openPolicyRegistry } from "../../policy/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

export const policyList: Command = {
  name: "policy list",
  usage: "",
  summary: "show the policies that would be served, with their categories",
  options: {},
  settingGroups: ["policies"],
  async run({ settings }) {
    const { policiesDir, defaultPolicy } = readCommandSettings(settings);
    const registry = await openPolicyRegistry({ dir: policiesDir });
    for (const { id, version, sha256, title, categories } of registry.list()) {
      const mark = id === defaultPolicy ? " (default)" : "";
      const lines = categories.map(({ code, name }) => `  ${code.padEnd(4)} ${name}`);
      process.stdout.write(`${id} ${version}${mark}: ${title}\n  sha256 ${sha256}\n${lines.join("\n")}\n\n`);
    }
    await registry.close();
    return EXIT_CODE.ok;
  },
};
