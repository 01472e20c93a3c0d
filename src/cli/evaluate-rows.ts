import {
  asJson,
  chooseRows,
  createRunRecord,
  evaluationCharts,
  evaluationPage,
  judgeRows,
  openResultFolder,
  readResults,
  requireEmpty,
  requireKnownCodes,
  summarize,
  type Evaluation,
  type ResultFolder,
  type RowOutcome,
  type RunRecord,
} from "../eval/index.js";
import { renderChart } from "../charts/index.js";
import type { FlagValues } from "../config/index.js";
import { createReader } from "../guard/index.js";
import type { Policy } from "../policy/index.js";
import type { EvalOptions } from "./eval-options.js";
import { openGuardModel, policyServed } from "./open-guard-model.js";
import type { ProgressLine } from "./progress-line.js";

export interface EvaluateOptions extends EvalOptions {
  /** Files of labelled rows to judge, or a file of rows that were judged before. */
  readonly source: { readonly files: readonly string[] } | { readonly rows: string };
  readonly limit: number | null;
  readonly byCategory: boolean;
  readonly keepText: boolean;
  readonly settings: FlagValues;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly outcomes: readonly RowOutcome[];
  readonly run: RunRecord;
  readonly policy: Policy;
  readonly folder: Pick<ResultFolder, "dir" | "writeFile">;
}

/**
 * Judges rows, or decides judged ones anew, and writes `run.json`, `rows.jsonl`, `eval.json` and pictures of it.
 * @throws GuardError of the room that fails; rows judged until then are on disk
 */
export async function evaluateRows(options: EvaluateOptions): Promise<Evaluated> {
  const { source, out, policyId, settings, signal, progress } = options;
  await requireEmpty(out);
  const policy = await policyServed(settings, policyId);
  const { run, outcomes, folder } = await ("rows" in source
    ? decideAnew(source.rows, options, policy)
    : judge(source.files, options, policy));
  progress.update({ label: "Drawing samples", done: 0, total: 0, unit: "rows" });
  signal.throwIfAborted();
  const evaluation = summarize(outcomes, { ...options, run, policy });
  await folder.writeFile("eval.json", asJson(evaluation));
  await folder.writeFile("report.html", evaluationPage(evaluation));
  for (const chart of evaluationCharts(evaluation))
    await folder.writeFile(`${chart.id}.svg`, renderChart(chart));
  return { evaluation, outcomes, run, policy, folder };
}

type Judged = Pick<Evaluated, "run" | "outcomes" | "folder">;

async function judge(files: readonly string[], options: EvaluateOptions, policy: Policy): Promise<Judged> {
  const { seed, signal, progress, keepText } = options;
  const { rows, total } = await chooseRows(files, options);
  if (options.byCategory) requireKnownCodes(rows, policy);
  await using model = await openGuardModel(options.settings, signal);
  const { engine, templates } = model;
  const counts = { rows: total, chosen: rows.length, seed };
  const run = createRunRecord(files, counts, { policy, info: engine.info });
  await using folder = await openResultFolder(options.out, run);
  let done = 0;
  const outcomes = await judgeRows(rows, {
    ...{ read: createReader(engine), templates, policy, signal, keepText },
    onRow(outcome) {
      folder.writeRow(outcome);
      progress.update({ label: "Judging", done: ++done, total: rows.length, unit: "rows" });
    },
  });
  progress.finish();
  await folder.close();
  return { run, outcomes, folder };
}

async function decideAnew(path: string, options: EvaluateOptions, policy: Policy): Promise<Judged> {
  const { run, outcomes } = await readResults(path, policy, options.signal);
  if (options.byCategory) requireKnownCodes(outcomes, policy);
  await using folder = await openResultFolder(options.out, run);
  for (const outcome of outcomes) folder.writeRow(outcome);
  await folder.close();
  return { run, outcomes, folder };
}
