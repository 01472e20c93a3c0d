import {
  formatNumber,
  type BarsChart,
  type HistogramChart,
  type LinesChart,
  type Mark,
} from "../../charts/index.js";
import type { PolicySummary, TimeUnit } from "./run-summary.js";
import { counted, percent, shareOf, unsafeInterval, unsafeShare } from "./words.js";
import { wilsonInterval } from "./wilson.js";

/** Bars in one chart; what is beyond is in the table. */
const MAX_BARS = 20;

const SHARE_AXIS = { name: "unsafe share of turns judged", format: "share", min: 0 } as const;

/** Categories by how often they are broken, those never broken left to the table where there are many. */
export function categoryChart({ policy, counts, byCategory }: PolicySummary, id: string): BarsChart {
  const sorted = byCategory
    .map((one, at) => ({ ...one, at }))
    .sort((one, other) => other.unsafe - one.unsafe || one.at - other.at)
    .slice(0, MAX_BARS);
  const [first] = sorted;
  const left = byCategory.length - sorted.length;
  return {
    kind: "bars",
    id,
    title:
      left === 0
        ? "By category"
        : `By category: the ${String(MAX_BARS)} most often broken of ${String(byCategory.length)}`,
    summary:
      first === undefined || first.unsafe === 0
        ? `No category of ${policy.id} was broken.`
        : `Most often broken is ${first.code} ${first.name}, in ${counted(first.unsafe, "turn")} ` +
          `(${percent(first.unsafe, counts.judged)} of turns judged).`,
    labelName: `category of ${policy.id}`,
    labels: sorted.map(({ code, name }) => `${code} ${name}`),
    value: { ...SHARE_AXIS, name: "share of turns judged" },
    series: [
      {
        name: "share",
        values: sorted.map(({ unsafe }) => shareOf(unsafe, counts.judged)),
        intervals: sorted.map(({ unsafe }) => wilsonInterval(unsafe, counts.judged)),
      },
    ],
  };
}

const UNIT_WORDS: Readonly<Record<TimeUnit, string>> = {
  day: "day (UTC)",
  week: "week, by its Monday (UTC)",
  month: "month (UTC)",
  year: "year (UTC)",
};

/** Null where no turn has a day. */
export function timeChart({ overTime: { unit, spans } }: PolicySummary, id: string): LinesChart | null {
  if (spans.length === 0) return null;
  const points = spans.flatMap((span) => {
    const interval = unsafeInterval(span);
    return interval === null ? [] : [{ x: span.start, y: unsafeShare(span), interval }];
  });
  const shares = points.map(({ y }) => y ?? 0);
  const [lowest, highest] = [Math.min(...shares), Math.max(...shares)];
  return {
    kind: "lines",
    id,
    title: `Over time, by ${unit}`,
    summary:
      `From ${spans[0]?.start ?? ""} to ${spans.at(-1)?.start ?? ""}; the unsafe share lies between ` +
      `${formatNumber(lowest, "share")} and ${formatNumber(highest, "share")}.`,
    x: { name: UNIT_WORDS[unit], scale: "day" },
    // A day of few turns has an interval that would press every line to the floor; the table has it whole.
    y: { ...SHARE_AXIS, max: roundUp(Math.min(1, Math.max(highest * 1.6, 0.01))) },
    series: [{ name: "unsafe share", points }],
  };
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten, at most 1. */
function roundUp(share: number): number {
  const power = 10 ** Math.floor(Math.log10(share));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= share * 0.999_999) ?? 10;
  return Math.min(1, Number((step * power).toPrecision(3)));
}

/** Beside a bin of so many turns one of a single turn could not be seen at its height. */
const MOST_SIDE_BY_SIDE = 100;

/** Whether heights have to be logarithmic; there, a bin of one turn has none. */
export const isScoreChartLog = ({ scoreBins }: Pick<PolicySummary, "scoreBins">): boolean =>
  Math.max(0, ...scoreBins) > MOST_SIDE_BY_SIDE;

export function scoreChart({ policy, scoreBins, counts }: PolicySummary, id: string): HistogramChart {
  const thresholds = policy.categories.flatMap(({ rules }) => [
    rules.user.threshold,
    rules.assistant.threshold,
  ]);
  return {
    kind: "histogram",
    id,
    title: "Scores",
    summary:
      `${counted(counts.judged, "turn")} by score from 0 (safe) to 1 (unsafe); ` +
      `${counted(aboveHalf(scoreBins), "turn")} score 0.5 or more.`,
    x: { name: "score: probability of unsafe" },
    y: { name: "turns", format: "count", scale: isScoreChartLog({ scoreBins }) ? "log" : "linear" },
    edges: Array.from({ length: scoreBins.length + 1 }, (_, at) => at / scoreBins.length),
    series: [{ name: "turns", counts: scoreBins }],
    marks: thresholdMarks(thresholds),
  };
}

const aboveHalf = (bins: readonly number[]): number =>
  bins.slice(bins.length / 2).reduce((sum, turns) => sum + turns, 0);

/** One for a policy of one threshold; of several the lowest and the highest. */
function thresholdMarks(thresholds: readonly number[]): Mark[] {
  if (thresholds.length === 0) return [];
  const [lowest, highest] = [Math.min(...thresholds), Math.max(...thresholds)];
  if (lowest === highest) return [{ axis: "x", at: lowest, label: `threshold ${String(lowest)}` }];
  if (highest - lowest < 0.25)
    return [lowest, highest].map((at, nth) => ({
      axis: "x" as const,
      at,
      label: nth === 0 ? `thresholds ${String(lowest)} to ${String(highest)}` : "",
    }));
  return [
    { axis: "x", at: lowest, label: `lowest threshold ${String(lowest)}` },
    { axis: "x", at: highest, label: `highest ${String(highest)}` },
  ];
}

export function sourceChart({ bySource }: PolicySummary, id: string): BarsChart {
  const { top, rest, sources } = bySource;
  const rows = [
    ...top,
    ...(rest === null ? [] : [{ ...rest, source: `${formatNumber(sources - top.length, "count")} others` }]),
  ];
  const [first] = top;
  return {
    kind: "bars",
    id,
    title: "By source",
    summary:
      first === undefined
        ? "No source."
        : `${first.source} has the most unsafe turns: ${counted(first.unsafe, "turn")} of ${counted(first.judged, "turn")} judged.`,
    labelName: "source",
    labels: rows.map(({ source }) => shortPath(source)),
    value: SHARE_AXIS,
    series: [{ name: "share", values: rows.map(unsafeShare), intervals: rows.map(unsafeInterval) }],
  };
}

/** Of a path, the end tells more than the beginning. */
const shortPath = (path: string, chars = 40): string => {
  const letters = [...path];
  return letters.length <= chars ? path : `…${letters.slice(1 - chars).join("")}`;
};
