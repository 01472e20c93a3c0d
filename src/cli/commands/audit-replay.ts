import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import type { ReplayRequest } from "../../audit/index.js";
import { checkPolicy, parsePolicy } from "../../policy/index.js";
import { auditSummary } from "../audit-summary.js";
import { textOption, type Command, type CommandInput } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { watchStopSignals } from "../stop-signals.js";

export const auditReplay: Command = {
  name: "audit replay",
  usage: "DIR --out DIR2",
  summary: "decide the verdicts of an audit anew under other thresholds, without the model",
  details:
    "Either --policy names a file with other thresholds and actions of a policy that DIR was judged by, or --threshold\n" +
    "changes single ones. The result is exactly what the same answers of the model come to; where DIR does not know\n" +
    "enough for that, because codes were not decoded so far down, nothing is written and the reason is said.",
  options: {
    out: { type: "string", value: "DIR2", help: "folder to make" },
    policy: { type: "string", value: "FILE", help: "policy file whose thresholds and actions count" },
    threshold: {
      type: "string",
      value: "CHANGES",
      help: "such as S1=0.7,assistant:S2=0.3; with several policies llama-guard-2/S1=0.7",
    },
  },
  settingGroups: [],
  async run(input) {
    const [dir, ...more] = input.positionals;
    const out = textOption(input, "out");
    if (dir === undefined || more.length > 0 || out === undefined)
      throw new GuardError("invalid_config", "name one folder of a run, and with --out the folder to make");
    const outDir = resolve(out);
    using stop = watchStopSignals();
    const { replayRun } = await import("../../audit/index.js");
    const change = await changeOf(input);
    const manifest = await replayRun({ dir: resolve(dir), outDir, change, signal: stop.asked });
    process.stdout.write(auditSummary(outDir, manifest, false));
    return EXIT_CODE.ok;
  },
};

async function changeOf(input: CommandInput) {
  const [file, thresholds] = [textOption(input, "policy"), textOption(input, "threshold")];
  if ((file === undefined) === (thresholds === undefined))
    throw new GuardError("invalid_config", "say what is to be different: either --policy or --threshold");
  const { parseThresholds, withPolicy, withThresholds } = await import("../../audit/index.js");
  if (thresholds !== undefined) {
    const changes = parseThresholds(thresholds);
    const change: ReplayRequest["change"] = (policies) => withThresholds(policies, changes);
    return change;
  }
  const text = await readFile(file!, "utf8").catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${file!} cannot be read`, { cause });
  });
  if (checkPolicy(text).length > 0)
    throw new GuardError("invalid_config", `${file!} has faults: \`portcullis policy check\` names them`);
  const policy = parsePolicy(text);
  const change: ReplayRequest["change"] = (policies) => withPolicy(policies, policy);
  return change;
}
