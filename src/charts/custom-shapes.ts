import type { CustomSeriesRenderItemAPI } from "echarts";
import type { Interval } from "./chart.js";
import { STILL } from "./option-parts.js";

/** What a custom series draws with: places of the chart in pixels. */
type Plot = Pick<CustomSeriesRenderItemAPI, "coord" | "barLayout">;

/** How bars share the room of their label; the same for bars and for the whiskers upon them. */
export const BAR_SHARES = { barGap: "12%", barCategoryGap: "34%", barMaxWidth: 28 } as const;

export interface Whiskers {
  readonly intervals: readonly (Interval | null)[];
  readonly isHorizontal: boolean;
  /** Which of how many bars beside one another. */
  readonly bar: number;
  readonly bars: number;
  readonly colour: string;
}

/** Thin lines from the low to the high end of each interval, in the middle of their bars. */
export const whiskers = ({ intervals, isHorizontal, bar, bars, colour }: Whiskers) => ({
  ...STILL,
  type: "custom",
  z: 3,
  clip: true,
  // Both ends count for how far the axis reaches.
  encode: isHorizontal ? { x: [0, 1], y: 2 } : { x: 2, y: [0, 1] },
  data: intervals.map((interval, at) => [...(interval ?? [null, null]), at]),
  renderItem: ({ dataIndex }: { dataIndex: number }, plot: Plot) => {
    const interval = intervals[dataIndex];
    if (interval === null || interval === undefined) return null;
    const { offsetCenter } = plot.barLayout({ ...BAR_SHARES, count: bars })?.[bar] ?? { offsetCenter: 0 };
    const [low, high] = interval.map((value) =>
      plot.coord(isHorizontal ? [value, dataIndex] : [dataIndex, value]),
    ) as [number[], number[]];
    const along = isHorizontal ? 0 : 1;
    const at = (isHorizontal ? low[1]! : low[0]!) + offsetCenter;
    const half = 3; // pixels of the little bars at both ends
    const line = (from: [number, number], to: [number, number]) => ({
      type: "line",
      shape: isHorizontal
        ? { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }
        : { x1: from[1], y1: from[0], x2: to[1], y2: to[0] },
      style: { stroke: colour, lineWidth: 1.25 },
    });
    const [start, end] = [low[along]!, high[along]!];
    return {
      type: "group",
      children: [
        line([start, at], [end, at]),
        line([start, at - half], [start, at + half]),
        line([end, at - half], [end, at + half]),
      ],
    };
  },
});

export interface BandPoint {
  readonly x: number | string;
  readonly interval: Interval;
}

/** Filled bands around a line, one for each run of points without a gap between. */
export const band = (runs: readonly (readonly BandPoint[])[], colour: string) => ({
  ...STILL,
  type: "custom",
  z: 1,
  clip: true,
  encode: { x: 0, y: [1, 2] },
  data: runs.map((run) => [
    run[0]?.x ?? 0,
    run.reduce((least, { interval }) => Math.min(least, interval[0]), Infinity),
    run.reduce((most, { interval }) => Math.max(most, interval[1]), -Infinity),
  ]),
  renderItem: ({ dataIndex }: { dataIndex: number }, plot: Plot) => {
    const run = runs[dataIndex] ?? [];
    const edge = (end: 0 | 1) => run.map(({ x, interval }) => plot.coord([toNumber(x), interval[end]]));
    return {
      type: "polygon",
      shape: { points: [...edge(1), ...edge(0).reverse()] },
      style: { fill: colour, opacity: 0.16 },
    };
  },
});

/** Places of a day axis are milliseconds. */
const toNumber = (x: number | string): number => (typeof x === "number" ? x : Date.parse(x));

export interface Column {
  readonly from: number;
  readonly to: number;
  /** Where it begins and ends upwards. */
  readonly base: number;
  readonly top: number;
  readonly isEmpty: boolean;
}

/** So that one of a million is seen. */
const LEAST_COLUMN_PX = 1.5;

/** Bars between two numbers of the x axis, as wide as their bins, with a hair of paper between. */
export const columns = (name: string, bins: readonly Column[], colour: string) => ({
  ...STILL,
  type: "custom",
  name,
  z: 2,
  clip: true,
  itemStyle: { color: colour },
  encode: { x: [0, 1], y: [2, 3] },
  data: bins.map(({ from, to, base, top }) => [from, to, base, top]),
  renderItem: ({ dataIndex }: { dataIndex: number }, plot: Plot) => {
    const { from, to, base, top, isEmpty } = bins[dataIndex]!;
    if (isEmpty) return null;
    const [left, bottom] = plot.coord([from, base]) as [number, number];
    const [right, end] = plot.coord([to, top]) as [number, number];
    const high = Math.min(end, bottom - LEAST_COLUMN_PX);
    const gap = right - left > 4 ? 0.5 : 0;
    return {
      type: "rect",
      shape: { x: left + gap, y: high, width: right - left - 2 * gap, height: bottom - high },
      style: { fill: colour },
    };
  },
});
