import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { describeMachine } from "../machine.js";
import { layerWeights } from "../../model/index.js";
import { limitsTables } from "../limits/limits-table.js";
import { markdownTable } from "../markdown-table.js";
import { DOCS, writeSection } from "../write-section.js";
import { scoreAgreement } from "./score-agreement.js";
import type { Spread } from "../statistics.js";
import type { Summary } from "./summary.js";
import { judgeTargets, type Target } from "./targets.js";
import { barChart } from "../plot.js";
import { TASK } from "./tasks.js";

const PLOT = "performance-compare.svg";

export function printReport(summaries: readonly Summary[]): void {
  console.error(summaries.map(describe).join("\n"));
}

/** Puts what was measured into docs/performance.md, with a plot beside it. */
export async function writeReport(
  summaries: readonly Summary[],
  machine: ReturnType<typeof describeMachine>,
  args: readonly string[],
): Promise<void> {
  await writeFile(join(DOCS, PLOT), plotOf(summaries));
  const section = [`![Requests per second](${PLOT})`, ...summaries.map(describe)].join("\n\n");
  await writeSection("compare", section, machine, `compare ${args.join(" ")}`);
}

function describe(summary: Summary): string {
  return [
    `### ${summary.model}`,
    ...Object.values(TASK).map((task) => taskTable(summary, task)),
    decodeTable(summary),
    agreementTable(summary),
    targetTable(judgeTargets(summary)),
    summary.limits === null ? "" : limitsTables(summary.limits),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function taskTable({ tasks, peakMiB }: Summary, task: string): string {
  const rows = tasks.filter((one) => one.task === task);
  const memory = task === TASK.single;
  const head = [
    task,
    "requests per second",
    "tokens behind the head per second",
    "processor ms per such token",
  ];
  return markdownTable(
    [...head, ...(memory ? ["peak memory, MiB"] : [])],
    rows.map((row) => [
      row.contender,
      withSpread(row.requestsPerSecond),
      withSpread(row.newTokensPerSecond),
      row.cpuMsPerNewToken.toFixed(2),
      ...(memory ? [String(peakMiB[row.contender])] : []),
    ]),
  );
}

/** Writing is reading all weights once a token; without limits nobody knows how many there are. */
const decodeTable = ({ decode, limits }: Summary): string =>
  markdownTable(
    ["writing", "ms per token", "GB of layer weights read per second"],
    decode.map(({ contender, tokenMs, bitsPerWeight }) => {
      const bytes = limits === null ? null : (layerWeights(limits.geometry) * bitsPerWeight) / 8;
      const perSecond = bytes === null ? "" : (bytes / tokenMs.median / 1e6).toFixed(1);
      return [contender, withSpread(tokenMs), perSecond];
    }),
  );

const agreementTable = ({ rounds }: Summary): string =>
  markdownTable(
    ["P(unsafe) beside the first contender", "most", "mean"],
    scoreAgreement(rounds).map(({ contender, most, mean }) => [contender, most.toFixed(5), mean.toFixed(5)]),
  );

const targetTable = (targets: readonly Target[]): string =>
  markdownTable(
    ["target", "ratio", "by processor time", "wanted", ""],
    targets.map(({ what, ratio, cpuRatio, least, most, met }) => [
      what,
      ratio.toFixed(2),
      cpuRatio?.toFixed(2) ?? "",
      least === undefined ? `at most ${String(most)}` : `at least ${String(least)}`,
      met ? "met" : "missed",
    ]),
  );

const withSpread = ({ median, least, most }: Spread): string =>
  `${short(median)} (${short(least)} to ${short(most)})`;
/** Three digits, or all of a larger whole number. */
const short = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.0+$/, "");

const plotOf = (summaries: readonly Summary[]): string => {
  const { tasks, model } = summaries.find(({ model }) => model.startsWith("2")) ?? summaries[0]!;
  const names = [...new Set(tasks.map(({ contender }) => contender))];
  return barChart({
    title: `Requests per second, ${model}`,
    names,
    series: [TASK.single, TASK.together].map((task) => ({
      name: task,
      values: names.map(
        (name) =>
          tasks.find((one) => one.task === task && one.contender === name)?.requestsPerSecond.median ?? null,
      ),
    })),
  });
};
