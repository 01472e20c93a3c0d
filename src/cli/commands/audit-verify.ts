import { resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import { textOption, type Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

export const auditVerify: Command = {
  name: "audit verify",
  usage: "DIR",
  summary: "say whether a finished audit is as it was finished",
  details:
    "Checks every file against its digest, the chain of files, the signature of the verdicts and the counts; exit\n" +
    "code 1 when something is wrong. Who can write DIR could make all of that anew: a seal that was kept elsewhere\n" +
    "tells.",
  options: {
    seal: { type: "string", value: "HEX", help: "seal that was printed when the run was finished" },
  },
  settingGroups: [],
  async run(input) {
    const [dir, ...more] = input.positionals;
    if (dir === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name one folder of a run");
    const { verifyRun } = await import("../../audit/index.js");
    const { manifest, faults } = await verifyRun(resolve(dir), textOption(input, "seal"));
    process.stdout.write(
      faults.length === 0
        ? `${dir}: ok, ${String(manifest.files.length)} files, ${String(manifest.counts.rows)} rows\n` +
            `  signature ${manifest.signature}\n  seal      ${manifest.seal}\n`
        : faults.map((fault) => `${dir}: ${fault}\n`).join(""),
    );
    return faults.length === 0 ? EXIT_CODE.ok : EXIT_CODE.no;
  },
};
