import type { EChartsCoreOption } from "echarts/core";
import type { ReliabilityChart } from "./chart.js";
import { band, columns } from "./custom-shapes.js";
import { diagonalOf } from "./lines-option.js";
import { STILL, legend, nothingToShow, shown, valueAxis, yName } from "./option-parts.js";
import { PALETTE, seriesColour } from "./palette.js";

/** Two plots upon one another: what was predicted against what came true, and how many predictions say so. */
export function reliabilityOption({ scoreName, shareName, bins }: ReliabilityChart): EChartsCoreOption {
  const filled = bins.filter(({ share, meanScore }) => share !== null && meanScore !== null);
  // Both plots keep the same room for their labels, so that a bin lies above its count.
  const box = { left: 46, right: 12, outerBoundsMode: "none" };
  const unit = { min: 0, max: 1 };
  const observed = shown(shareName);
  return {
    title: [
      yName(shareName),
      { ...yName("predictions in each bin"), top: "72%" },
      ...(filled.length === 0 ? [nothingToShow("35%")] : []),
    ],
    legend: legend([{ name: observed }, { name: "perfectly calibrated" }]),
    grid: [
      { ...box, top: 50, bottom: "31%" },
      { ...box, top: "78%", bottom: 40 },
    ],
    xAxis: [
      { ...valueAxis({ name: "", ...unit }, "x"), gridIndex: 0, axisLabel: { show: false } },
      { ...valueAxis({ name: scoreName, ...unit }, "x"), nameGap: 24, gridIndex: 1 },
    ],
    yAxis: [
      { ...valueAxis({ name: "", format: "share", ...unit }, "y"), gridIndex: 0 },
      { ...valueAxis({ name: "", format: "count", min: 0 }, "y", 2), gridIndex: 1 },
    ],
    series: [
      {
        ...STILL,
        type: "line",
        name: observed,
        data: filled.map(({ meanScore, share }) => [meanScore, share]),
        symbol: "circle",
        showSymbol: true,
        symbolSize: 7,
        itemStyle: { color: seriesColour(0) },
        lineStyle: { color: seriesColour(0), width: 2 },
        z: 3,
      },
      band(
        [
          filled.flatMap(({ meanScore, interval }) =>
            interval === undefined ? [] : [{ x: meanScore ?? 0, interval }],
          ),
        ],
        seriesColour(0),
      ),
      diagonalOf("perfectly calibrated"),
      {
        ...columns(
          "count",
          bins.map(({ from, to, count }) => ({ from, to, base: 0, top: count, isEmpty: count === 0 })),
          PALETTE.axis.light,
        ),
        xAxisIndex: 1,
        yAxisIndex: 1,
      },
    ],
  };
}
