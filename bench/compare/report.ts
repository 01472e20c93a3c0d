import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { PACKAGE_ROOT } from "../../base/index.js";
import type { describeMachine } from "../machine.js";
import { replaceSection } from "../replace-section.js";
import { scoreAgreement } from "./score-agreement.js";
import type { Spread } from "../statistics.js";
import type { Summary } from "./summary.js";
import { judgeTargets, type Target } from "./targets.js";
import { barChart } from "../plot.js";
import { TASK } from "./tasks.js";

const DOCUMENT = join(PACKAGE_ROOT, "docs/performance.md");
const PLOT = "performance-compare.svg";

export interface ReportContext {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly threads: number;
  readonly args: readonly string[];
}

export function printReport(summaries: readonly Summary[]): void {
  console.error(summaries.map(describe).join("\n"));
}

/** Puts what was measured between its marks in docs/performance.md, with the plot beside it. */
export async function writeReport(summaries: readonly Summary[], context: ReportContext): Promise<void> {
  const { machine, threads, args } = context;
  await writeFile(join(PACKAGE_ROOT, "docs", PLOT), plotOf(summaries));
  const section = [
    `Measured on ${machine.date.slice(0, 10)} with \`npm run bench -- compare ${args.join(" ")}\`: ${machine.cpu}, ${String(threads)} threads, ` +
      `Node ${machine.node}, onnxruntime-node ${machine.ort}, commit ${machine.commit}, load before ${String(machine.loadBefore)}.`,
    `![Requests per second](${PLOT})`,
    ...summaries.map(describe),
    "GPU: not run; there was none.",
  ].join("\n\n");
  const text = replaceSection(await readFile(DOCUMENT, "utf8"), "compare", section);
  await writeFile(DOCUMENT, await format(text, { parser: "markdown", printWidth: 120 }));
}

function describe(summary: Summary): string {
  return [
    `### ${summary.model}`,
    ...Object.values(TASK).map((task) => taskTable(summary, task)),
    decodeTable(summary),
    agreementTable(summary),
    targetTable(judgeTargets(summary)),
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
  return table(
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

const decodeTable = ({ decode }: Summary): string =>
  table(
    ["writing", "ms per token"],
    decode.map(({ contender, tokenMs }) => [contender, withSpread(tokenMs)]),
  );

const agreementTable = ({ rounds }: Summary): string =>
  table(
    ["P(unsafe) beside the first contender", "most", "mean"],
    scoreAgreement(rounds).map(({ contender, most, mean }) => [contender, most.toFixed(5), mean.toFixed(5)]),
  );

const targetTable = (targets: readonly Target[]): string =>
  table(
    ["target", "ratio", "by processor time", "wanted", ""],
    targets.map(({ what, ratio, cpuRatio, least, most, met }) => [
      what,
      ratio.toFixed(2),
      cpuRatio?.toFixed(2) ?? "",
      least === undefined ? `at most ${String(most)}` : `at least ${String(least)}`,
      met ? "met" : "missed",
    ]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const withSpread = ({ median, least, most }: Spread): string =>
  `${short(median)} (${short(least)} to ${short(most)})`;
const short = (value: number): string => value.toPrecision(3).replace(/\.0+$/, "");

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
