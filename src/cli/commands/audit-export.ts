import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GuardError } from "../../base/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { watchStopSignals } from "../stop-signals.js";

export const auditExport: Command = {
  name: "audit export",
  usage: "DIR",
  summary: "print the verdicts of an audit as JSONL",
  details:
    "One line per message and policy, in the order of the logs, with the columns that `docs/audit.md` lists. Texts are\n" +
    "in it only where the audit kept them.",
  options: {},
  settingGroups: [],
  async run({ positionals }) {
    const [dir, ...more] = positionals;
    if (dir === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name one folder of a run");
    using stop = watchStopSignals();
    const { exportVerdicts } = await import("../../audit/index.js");
    const lines = async function* () {
      for await (const json of exportVerdicts(resolve(dir), stop.asked)) yield `${json}\n`;
    };
    await pipeline(Readable.from(lines()), process.stdout, { end: false }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") throw error; // whoever reads has enough, as `head` has
      },
    );
    return EXIT_CODE.ok;
  },
};
