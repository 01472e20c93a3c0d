import type { EChartsCoreOption } from "echarts/core";
import { barsOption } from "./bars-option.js";
import type { Chart } from "./chart.js";
import { histogramOption } from "./histogram-option.js";
import { linesOption } from "./lines-option.js";
import { reliabilityOption } from "./reliability-option.js";

/** What ECharts is told to draw a chart, in a box of `widthPx`. */
export function drawOption(chart: Chart, widthPx: number): EChartsCoreOption {
  switch (chart.kind) {
    case "bars":
      return barsOption(chart, widthPx);
    case "lines":
      return linesOption(chart);
    case "histogram":
      return histogramOption(chart);
    case "reliability":
      return reliabilityOption(chart);
  }
}
