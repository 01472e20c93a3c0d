import { GuardError } from "../../base/index.js";
import type { Robustness, RunRecord } from "../../eval/index.js";
import type { Command } from "../command.js";
import { EVAL_OPTIONS, readEvalOptions } from "../eval-options.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatEstimate } from "../format-estimate.js";
import { formatTable } from "../format-table.js";
import { createProgressLine } from "../progress-line.js";
import { watchStopSignals } from "../stop-signals.js";
import { wholeNumberOption } from "../whole-number-option.js";

export const evalRobustness: Command = {
  name: "eval robustness",
  usage: "FILES... --out DIR",
  summary: "measure what disguises of messages do to the guard, with its defences and without",
  details:
    "FILES are labelled rows as for `eval`. All of them, as they are, give the threshold at which 1 % of safe rows are\n" +
    "called unsafe; some of them are then disguised in every known way. DIR gets robustness.json.",
  options: {
    ...EVAL_OPTIONS,
    limit: { type: "string", value: "N", help: "disguise at most N rows of each label; 150 unless given" },
  },
  settingGroups: ["policies", "models", "engine"],
  async run(input) {
    if (input.positionals.length === 0)
      throw new GuardError("invalid_config", "name the files of labelled rows");
    const { out, policyId, seed, draws } = readEvalOptions(input);
    const limit = wholeNumberOption(input, "limit", { minimum: 1, maximum: 1_000_000, otherwise: 150 });
    // Heavy, and other commands do without.
    const { asJson, chooseRows, createRunRecord, requireEmpty, writeResult, ...evaluation } =
      await import("../../eval/index.js");
    const { createReader } = await import("../../guard/index.js");
    const { openGuardModel, policyServed } = await import("../open-guard-model.js");
    await requireEmpty(out);
    using stop = watchStopSignals();
    const policy = await policyServed(input.settings, policyId);
    const { rows, total } = await chooseRows(input.positionals, { limit: null, seed, signal: stop.asked });
    await using model = await openGuardModel(input.settings, stop.asked);
    const { engine, templates } = model;
    const run = createRunRecord(
      input.positionals,
      { rows: total, chosen: total, seed },
      { policy, info: engine.info },
    );
    const progress = createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY });
    const robustness = await evaluation.measureRobustness(rows, {
      ...{ templates, policy, limit, draws, seed, signal: stop.asked, transforms: evaluation.TRANSFORMS },
      defended: createReader(engine),
      undefended: createReader(evaluation.letControlsThrough(engine), evaluation.UNDEFENDED),
      onProgress: (label, done, count) => progress.update({ label, done, total: count, unit: "rows" }),
    });
    progress.finish();
    await writeResult(
      out,
      "robustness.json",
      asJson({ format: "portcullis-robustness/1", run, ...robustness }),
    );
    process.stdout.write(describe(robustness, run));
    return EXIT_CODE.ok;
  },
};

function describe({ thresholds, rows, results }: Robustness, { model }: RunRecord): string {
  const lines = results.map(({ name, defended, undefended }) => [
    name,
    formatEstimate(defended.recall),
    formatEstimate(undefended.recall),
    formatEstimate(defended.falsePositiveRate),
    formatEstimate(undefended.falsePositiveRate),
  ]);
  const head = ["disguise", "recall, defended", "recall, not", "FPR, defended", "FPR, not"];
  const failed = results.reduce((sum, one) => sum + one.defended.failed + one.undefended.failed, 0);
  return [
    formatTable([head, ...lines]),
    `${model.id}; ${String(rows.transformedUnsafe)} unsafe and ${String(rows.transformedSafe)} safe rows disguised, at P(unsafe) `,
    `${String(thresholds.defended?.toFixed(4))} and ${String(thresholds.undefended?.toFixed(4))}: 1 % false positives among ${String(rows.clean)} rows as they are; `,
    `${String(failed)} without a verdict\n`,
  ].join("");
}
