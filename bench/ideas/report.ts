import { markdownTable } from "../markdown-table.js";
import { PROFILED_PARTS } from "../limits/kernel-times.js";
import type { Result, TimedFigures } from "./figures.js";
import type { Idea } from "./idea.js";
import { describeSeen, operatorMs } from "./seen.js";

export interface Measured {
  readonly idea: Idea;
  readonly results: Result[];
}

/** One for each variant. */
export const linesOf = ({ name }: Idea, { kind, model, size, figures }: Result): object[] =>
  figures.map((one) => ({ idea: name, kind, model, size, ...one }));

/** The table of docs/performance.md. */
export const tableOfIdeas = (measured: readonly Measured[]): string =>
  markdownTable(
    ["idea", "expected", "seen", "decision"],
    measured.map(({ idea, results }) => [
      ...[`${idea.what} (\`${idea.name}\`)`, idea.expected, describeSeen(idea, results), idea.decision],
    ]),
  );

/** All figures of an idea. */
export function tableOfResults({ idea, results }: Measured): string {
  const timed = results.flatMap((result) => {
    if (result.kind === "memory") return [];
    return result.figures.map((one) => [result.model, result.size, ...rowOf(one, idea), turnsOf(result)]);
  });
  const memory = results.flatMap((result) => {
    if (result.kind === "timed") return [];
    return result.figures.map(({ variant, peakMiB, ownMiB }) => [
      ...[result.model, result.size, variant, String(peakMiB), String(ownMiB)],
    ]);
  });
  const operators = idea.operators === undefined ? [] : ["operators at least", ...PROFILED_PARTS];
  const timedHead = ["model", "step", "variant", "ms", "least", "CPU ms", "beside the first (two thirds)"];
  return [
    markdownTable([...timedHead, ...operators, "logits by", "P(unsafe) by", "rounds of runs"], timed),
    markdownTable(["model", "steps", "variant", "peak MiB", "its own"], memory),
  ]
    .filter((table) => table !== "")
    .join("\n\n");
}

const turnsOf = ({ rounds, runs }: { readonly rounds: number; readonly runs: number }): string =>
  `${String(rounds)} of ${String(runs)}`;

function rowOf(one: TimedFigures, { operators }: Idea): string[] {
  const { wallMs, leastMs, cpuMs, ratio, difference } = one;
  const beside =
    ratio === null
      ? ""
      : `${ratio.median.toFixed(3)} (${ratio.middle.map((q) => q.toFixed(3)).join(" to ")})`;
  const parts = operators === undefined ? [] : (["all", ...PROFILED_PARTS] as const);
  return [
    ...[one.variant, wallMs.toFixed(2), leastMs.toFixed(2), cpuMs.toFixed(2), beside],
    ...parts.map((part) => operatorMs(one, part).toFixed(2)),
    ...[difference?.logits.toExponential(1) ?? "", difference?.unsafe.toExponential(1) ?? ""],
  ];
}
