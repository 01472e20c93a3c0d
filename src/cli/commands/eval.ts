import { basename } from "node:path";
import { GuardError } from "../../base/index.js";
import { choiceOption, textOption, type Command, type CommandInput } from "../command.js";
import { describeEvaluation } from "../describe-evaluation.js";
import { EVAL_OPTIONS, readEvalOptions } from "../eval-options.js";
import type { EvaluateOptions } from "../evaluate-rows.js";
import { EXIT_CODE } from "../exit-code.js";
import type { OverlayOptions } from "../write-overlay.js";
import { createProgressLine } from "../progress-line.js";
import { watchStopSignals } from "../stop-signals.js";
import { wholeNumberOption } from "../whole-number-option.js";

export const evaluate: Command = {
  name: "eval",
  usage: "FILES... --out DIR",
  summary: "measure the guard on labelled conversations",
  details:
    "FILES are JSONL, plain or .gz, with a row a line: id, source, split, messages, target, label, categories,\n" +
    "categories_known. DIR gets run.json, rows.jsonl (a line a row, without texts), eval.json, report.html and its plots. A row without a\n" +
    "verdict counts as not covered, never as safe. rows.jsonl grows while rows are judged: --from computes the\n" +
    "figures of one anew without the model, also of a run that was stopped, and under any policy that asks the same.\n" +
    "--calibrate fits a temperature, a bias where one helps, and thresholds to the rows, and writes them as an overlay\n" +
    "of the policy; what it prints as held out is of rows that were left out of their fit.",
  options: {
    ...EVAL_OPTIONS,
    from: { type: "string", value: "ROWS", help: "take this rows.jsonl instead of judging FILES" },
    limit: { type: "string", value: "N", help: "judge at most N rows, drawn at random" },
    categories: {
      type: "string",
      value: "HOW",
      help: "use (default) or ignore the codes that rows are labelled with, where they are another taxonomy's",
    },
    calibrate: { type: "string", value: "FILE", help: "write a calibrated policy, called as the file is" },
    "target-fpr": {
      type: "string",
      value: "SHARE",
      help: "with --calibrate: highest recall at this false positive rate, such as 0.05, instead of highest F1",
    },
    "keep-text": { type: "boolean", help: "copy the conversations into rows.jsonl" },
  },
  settingGroups: ["policies", "models", "engine"],
  async run(input) {
    const source = sourceOf(input);
    const chosen = {
      ...readEvalOptions(input),
      limit: wholeNumberOption(input, "limit", { minimum: 1, maximum: 1_000_000, otherwise: null }),
      byCategory: choiceOption(input, "categories", ["use", "ignore"]) === "use",
      keepText: input.options["keep-text"] === true,
    };
    const calibration = calibrationOf(input);
    using stop = watchStopSignals();
    const progress = createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY });
    const { evaluateRows } = await import("../evaluate-rows.js"); // heavy, and other commands do without
    const evaluated = await evaluateRows({
      ...{ ...chosen, source, settings: input.settings, progress, signal: stop.asked },
    });
    process.stdout.write(describeEvaluation(evaluated.evaluation));
    if (calibration !== null) {
      const { writeOverlay } = await import("../write-overlay.js");
      process.stdout.write(await writeOverlay(evaluated, { ...calibration, seed: chosen.seed }));
    }
    return EXIT_CODE.ok;
  },
};

function calibrationOf(input: CommandInput): OverlayOptions | null {
  const path = textOption(input, "calibrate");
  const share = textOption(input, "target-fpr");
  if (path === undefined) {
    if (share === undefined) return null;
    throw new GuardError("invalid_config", "--target-fpr is for --calibrate");
  }
  const id = basename(path, ".json");
  if (!path.endsWith(".json") || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(id))
    throw new GuardError(
      "invalid_config",
      "--calibrate takes a file such as policies/my-policy.json: lower-case letters, digits and hyphens",
    );
  if (share === undefined) return { path, id, aim: { kind: "f1" } };
  if (/^0?\.\d{1,6}$/.test(share) && Number(share) > 0)
    return { path, id, aim: { kind: "fpr", share: Number(share) } };
  throw new GuardError("invalid_config", "--target-fpr must be a share between 0 and 1, such as 0.05");
}

function sourceOf(input: CommandInput): EvaluateOptions["source"] {
  const { positionals: files } = input;
  const rows = textOption(input, "from");
  if ((rows === undefined) === (files.length === 0))
    throw new GuardError("invalid_config", "name the files of labelled rows, or with --from a rows.jsonl");
  if (rows === undefined) return { files };
  if (textOption(input, "limit") !== undefined || input.options["keep-text"] === true)
    throw new GuardError("invalid_config", "--limit and --keep-text are for judging; --from judges nothing");
  return { rows };
}
