import type { EChartsCoreOption } from "echarts/core";
import type { HistogramChart } from "./chart.js";
import { columns } from "./custom-shapes.js";
import { grid, legend, markLine, nothingToShow, shown, valueAxis, yName } from "./option-parts.js";
import { seriesColour } from "./palette.js";

export function histogramOption({ x, y, edges, series, marks = [] }: HistogramChart): EChartsCoreOption {
  const names = series.map(({ name }) => shown(name));
  const isLog = y.scale === "log";
  const floor = isLog ? 1 : 0;
  const stands = edges.slice(1).map(() => 0); // how high each bin is already
  const drawn = series.map(({ counts }, at) => {
    const bins = counts.map((count, bin) => {
      const base = stands[bin] ?? 0;
      stands[bin] = base + count;
      return {
        from: edges[bin] ?? 0,
        to: edges[bin + 1] ?? 0,
        base: Math.max(base, floor),
        top: Math.max(base + count, floor),
        isEmpty: count === 0,
      };
    });
    return columns(names[at] ?? "", bins, seriesColour(at));
  });
  const isEmpty = stands.every((height) => height === 0);
  return {
    title: [yName(y.name), ...(isEmpty ? [nothingToShow()] : [])],
    legend: legend(names.map((name) => ({ name, icon: "roundRect" }))),
    grid: grid(true, (series.length > 1 ? 1 : 0) + (marks.length > 0 ? 0.7 : 0)),
    xAxis: valueAxis({ min: edges[0] ?? 0, max: edges.at(-1) ?? 1, ...x }, "x"),
    yAxis: valueAxis({ min: floor, format: "count", ...(isEmpty ? { max: floor + 9 } : {}), ...y }, "y"),
    series: drawn.map((one, at) =>
      at === 0 && marks.length > 0 ? { ...one, markLine: markLine(marks) } : one,
    ),
  };
}
