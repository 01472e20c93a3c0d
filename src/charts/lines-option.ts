import type { EChartsCoreOption } from "echarts/core";
import type { LinePoint, LineSeries, LinesChart } from "./chart.js";
import { band, type BandPoint } from "./custom-shapes.js";
import {
  STILL,
  dayAxis,
  grid,
  legend,
  markLine,
  nothingToShow,
  shown,
  valueAxis,
  yName,
} from "./option-parts.js";
import { PALETTE, seriesColour } from "./palette.js";

/** Fewer points than this are marked, so that one alone can be seen. */
const MARKED_POINTS = 32;

export function linesOption(chart: LinesChart): EChartsCoreOption {
  const { x, y, series, diagonal } = chart;
  const marks = chart.marks ?? [];
  const names = series.map(({ name }) => shown(name));
  const entries = [...names, ...(diagonal === undefined ? [] : [shown(diagonal)])];
  const hasRoomForMarks = marks.some(({ axis }) => axis === "x");
  return {
    useUTC: true,
    title: [yName(y.name), ...(series.every(({ points }) => points.length === 0) ? [nothingToShow()] : [])],
    legend: legend(entries.map((name) => ({ name }))),
    grid: grid(true, (entries.length > 1 ? 1 : 0) + (hasRoomForMarks ? 0.7 : 0)),
    xAxis: x.scale === "day" ? dayAxis(x) : valueAxis(x, "x"),
    yAxis: valueAxis(y, "y"),
    series: [
      ...series.map((one, at) => ({
        ...lineOf(one, at),
        name: names[at],
        ...(at === 0 && marks.length > 0 ? { markLine: markLine(marks) } : {}),
      })),
      ...series.flatMap(({ points }, at) => {
        const runs = bandRuns(points);
        return runs.length === 0 ? [] : [band(runs, seriesColour(at))];
      }),
      ...(diagonal === undefined ? [] : [diagonalOf(entries.at(-1) ?? "")]),
    ],
  };
}

function lineOf({ points, draw = "line" }: LineSeries, at: number) {
  const colour = seriesColour(at);
  const isMarked = draw === "points" || points.length <= MARKED_POINTS;
  return {
    ...STILL,
    type: "line",
    data: points.map(({ x, y }) => [x, y]),
    connectNulls: false,
    showSymbol: isMarked,
    symbol: isMarked ? "circle" : "none",
    symbolSize: draw === "points" ? 6 : 5,
    itemStyle: { color: colour },
    lineStyle: {
      color: colour,
      width: draw === "points" ? 0 : 2,
      type: draw === "dashed" ? [6, 4] : "solid",
    },
    z: 3,
    ...(draw === "steps" ? { step: "end" } : {}),
  };
}

/** The points with an interval, cut wherever the line is. */
function bandRuns(points: readonly LinePoint[]): BandPoint[][] {
  const runs: BandPoint[][] = [];
  let open: BandPoint[] | undefined;
  for (const { x, y, interval } of points) {
    if (y === null || interval === undefined) open = undefined;
    else if (open === undefined) runs.push((open = [{ x, interval }]));
    else open.push({ x, interval });
  }
  return runs.filter((run) => run.length > 1);
}

export const diagonalOf = (name: string) => ({
  ...STILL,
  type: "line",
  name,
  data: [
    [0, 0],
    [1, 1],
  ],
  symbol: "none",
  itemStyle: { color: PALETTE.axis.light },
  lineStyle: { color: PALETTE.axis.light, width: 1.25, type: [5, 4] },
});
