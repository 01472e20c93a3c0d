import { GuardError } from "../../base/index.js";
import { printable } from "../../model/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

export const report: Command = {
  name: "report",
  usage: "DIR",
  summary: "make the report of a finished audit again",
  details:
    "DIR is the folder that an audit wrote. Its report.html is one file without scripts, to be read in a\n" +
    "browser, printed or sent; texts of conversations are in it only where the audit kept them.",
  options: {},
  settingGroups: [],
  async run({ positionals }) {
    const [dir, ...more] = positionals;
    if (dir === undefined || more.length > 0)
      throw new GuardError("invalid_config", "report takes the folder of one audit");
    const { writeReport } = await import("../../audit/index.js"); // heavy, and other commands do without
    process.stdout.write(`${printable(await writeReport(dir))}\n`);
    return EXIT_CODE.ok;
  },
};
