import type { MemoryResult, Result, TimedFigures, TimedResult } from "./figures.js";
import { withinNoise } from "./figures.js";
import type { Idea } from "./idea.js";

/** What was seen, in short: `starter, 71 behind 608: 8.4 to 6.9 ms (CPU 12.5 to 12.5)`. */
export const describeSeen = ({ operators }: Pick<Idea, "operators">, results: readonly Result[]): string =>
  results
    .map((result) => (result.kind === "timed" ? describeTimed(result, operators) : describeMemory(result)))
    .join("; ");

function describeTimed({ model, size, figures }: TimedResult, operators: Idea["operators"]): string {
  const each = (of: (figures: TimedFigures) => number): string =>
    inOrder(figures.map((one) => number(of(one))));
  const several = figures.length > 2;
  const wall = inOrder(figures.map((one) => (several ? namedTime(one) : number(one.wallMs))));
  const noise = !several && figures.some(isNoise);
  const texts = [
    `${wall} ms (CPU ${each((one) => one.cpuMs)})`,
    ...(noise ? ["within noise"] : []),
    ...(operators === undefined ? [] : [`${nameOf(operators)} ${each((one) => operatorMs(one, operators))}`]),
  ];
  const differences = figures.flatMap(({ difference }) => difference ?? []);
  if (differences.length > 0) {
    const most = Math.max(...differences.map(({ unsafe }) => unsafe));
    texts.push(most === 0 ? "the same scores" : `P(unsafe) by at most ${most.toExponential(0)}`);
  }
  return `${model}, ${size}: ${texts.join(", ")}`;
}

function describeMemory({ model, size, figures }: MemoryResult): string {
  const each = (of: (one: MemoryResult["figures"][number]) => number): string =>
    inOrder(figures.map((one) => String(of(one))));
  return `${model}, ${size}: peak memory ${each((one) => one.peakMiB)} MiB, its own ${each((one) => one.ownMiB)}`;
}

export const operatorMs = ({ operatorsMs }: TimedFigures, part: NonNullable<Idea["operators"]>): number =>
  part === "all"
    ? Object.values(operatorsMs!).reduce((sum: number, ms: number) => sum + ms, 0)
    : operatorsMs![part];

const nameOf = (part: NonNullable<Idea["operators"]>): string => (part === "all" ? "operators" : part);

const isNoise = ({ ratio }: TimedFigures): boolean => ratio !== null && withinNoise(ratio);

const namedTime = (one: TimedFigures): string =>
  `${one.variant} ${number(one.wallMs)}${isNoise(one) ? " (noise)" : ""}`;

/** `a to b`, or `a, b, c` where there are more. */
const inOrder = (values: readonly string[]): string => values.join(values.length === 2 ? " to " : ", ");

/** Two or three digits. */
const number = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
