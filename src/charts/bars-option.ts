import type { EChartsCoreOption } from "echarts/core";
import type { BarsChart } from "./chart.js";
import { BAR_SHARES, whiskers } from "./custom-shapes.js";
import { formatNumber } from "./format-number.js";
import {
  NARROW_PX,
  STILL,
  TEXT_PX,
  categoryAxis,
  grid,
  legend,
  nothingToShow,
  shown,
  valueAxis,
  yName,
} from "./option-parts.js";
import { PALETTE, seriesColour } from "./palette.js";

/** Labels may take this share of a chart's width; the rest of a longer one is in the table. */
const LABEL_SHARE = 0.36;

export function barsOption(chart: BarsChart, widthPx: number): EChartsCoreOption {
  const { labels, series, value } = chart;
  const isHorizontal = chart.direction !== "vertical";
  const isStacked = chart.stacked === true;
  const several = series.length > 1;
  const names = series.map(({ name }) => shown(name));
  const values = valueAxis(value, isHorizontal ? "x" : "y", isHorizontal && widthPx < NARROW_PX ? 3 : 5);
  const [xAxis, yAxis] = isHorizontal
    ? [
        { ...values, splitLine: { show: true, lineStyle: { color: PALETTE.rule.light } } },
        [
          { ...categoryAxis(labels, Math.round(widthPx * LABEL_SHARE)), inverse: true },
          ...(several ? [] : [numbersBeside(chart)]),
        ],
      ]
    : [categoryAxis(labels), [values]];
  return {
    title: [
      ...(isHorizontal ? [] : [yName(value.name)]),
      ...(labels.length === 0 || series.length === 0 ? [nothingToShow()] : []),
    ],
    legend: legend(
      names.map((name) => ({ name })),
      !isHorizontal,
    ),
    grid: grid(!isHorizontal, several ? 1 : 0),
    xAxis,
    yAxis,
    series: series.flatMap(({ values: heights, intervals }, at) => [
      {
        ...STILL,
        ...BAR_SHARES,
        type: "bar",
        name: names[at],
        data: heights,
        ...(isStacked ? { stack: "all" } : {}),
        itemStyle: { color: seriesColour(at) },
      },
      ...(intervals === undefined || isStacked
        ? []
        : [
            whiskers({
              intervals,
              isHorizontal,
              bar: at,
              bars: series.length,
              colour: PALETTE.ink.light,
            }),
          ]),
    ]),
  };
}

/** An axis on the right that says each bar's number, one below the other. */
const numbersBeside = ({ labels, series, value }: BarsChart) => ({
  ...categoryAxis(labels.map((_, at) => formatNumber(series[0]?.values[at] ?? null, value.format))),
  // Categories of one name would fall together: their places are numbers, their labels are looked up.
  data: labels.map((_, at) => at),
  position: "right",
  inverse: true,
  axisLine: { show: false },
  axisLabel: {
    color: PALETTE.ink.light,
    fontSize: TEXT_PX,
    interval: 0,
    formatter: (_: string, at: number) => formatNumber(series[0]?.values[at] ?? null, value.format),
  },
});
