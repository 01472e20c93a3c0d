import type { DayAxis, Mark, ValueAxis } from "./chart.js";
import { formatTick } from "./format-number.js";
import { PALETTE } from "./palette.js";
import { visibleText } from "./visible-text.js";

/** Pieces that options of several kinds of chart share. Text that ECharts is given goes through `shown`. */
export const shown = visibleText;

/** Of every text in a chart. */
export const TEXT_PX = 12;
const TICK_STYLE = { color: PALETTE.muted.light, fontSize: TEXT_PX };
/** Above the plot: a line for the name of the y axis, one for the legend. */
const NAME_LINE_PX = 20;
const LEGEND_LINE_PX = 24;

/** The name of the y axis stands above it, level, where it can be read without turning the head. */
export const yName = (name: string) => ({
  text: shown(name),
  left: 0,
  top: 0,
  padding: 0,
  textStyle: { ...TICK_STYLE, fontWeight: "normal" },
});

export const nothingToShow = (top: string | number = "middle") => ({
  text: "nothing to show",
  left: "center",
  top,
  textStyle: { ...TICK_STYLE, fontWeight: "normal" },
});

export interface LegendEntry {
  readonly name: string;
  readonly icon?: string;
}

/** Names of series that are drawn several; one alone is named by the axis. */
export const legend = (entries: readonly LegendEntry[], hasName = true) => ({
  show: entries.length > 1,
  type: "plain",
  data: entries,
  left: 0,
  top: hasName ? NAME_LINE_PX : 0,
  padding: 0,
  itemGap: 14,
  itemWidth: 18,
  itemHeight: 9,
  selectedMode: false,
  textStyle: { color: PALETTE.ink.light, fontSize: TEXT_PX },
});

/** The plot with everything that belongs to its axes, within the box below names and legend. */
export const grid = (hasName: boolean, legendLines: number) => ({
  left: 2,
  right: 12,
  top: (hasName ? NAME_LINE_PX : 8) + legendLines * LEGEND_LINE_PX + (hasName ? 6 : 0),
  bottom: 2,
  outerBoundsMode: "same",
  outerBoundsContain: "all",
});

const axisLine = { show: true, lineStyle: { color: PALETTE.axis.light } };
const splitLine = (isShown: boolean) => ({ show: isShown, lineStyle: { color: PALETTE.rule.light } });
const nameOf = (name: string) => ({
  name: shown(name),
  nameLocation: "middle",
  nameGap: 10,
  nameTextStyle: TICK_STYLE,
});

export function valueAxis(axis: ValueAxis, side: "x" | "y", ticks = 5) {
  return {
    type: axis.scale === "log" ? "log" : "value",
    ...(side === "x" ? nameOf(axis.name) : {}),
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    splitNumber: ticks,
    // Half a turn cannot be counted, nor does its tick mean anything.
    ...(axis.format === "count" ? { minInterval: 1 } : {}),
    axisLine: side === "x" ? axisLine : { show: false },
    axisTick: { show: side === "x", lineStyle: { color: PALETTE.axis.light } },
    axisLabel: {
      ...TICK_STYLE,
      hideOverlap: true,
      formatter: (value: number) => formatTick(value, axis.format),
    },
    splitLine: splitLine(side === "y"),
  };
}

export function dayAxis({ name }: DayAxis) {
  return {
    type: "time",
    ...nameOf(name),
    axisLine,
    axisTick: { show: true, lineStyle: { color: PALETTE.axis.light } },
    minInterval: 24 * 3600 * 1000,
    axisLabel: {
      ...TICK_STYLE,
      hideOverlap: true,
      formatter: { year: "{yyyy}", month: "{yyyy}-{MM}", day: "{MM}-{dd}", hour: "", minute: "", second: "" },
    },
    splitLine: splitLine(false),
  };
}

/** On narrow charts a label may take two lines, see `chartSize`. */
export const NARROW_PX = 480;
const LABEL_LINE_PX = 14;

/** @param labelPx room for labels beside the plot; without it they stand below and give way to each other */
export const categoryAxis = (labels: readonly string[], labelPx?: number) => ({
  type: "category",
  data: labels.map(shown),
  axisLine,
  axisTick: { show: false },
  axisLabel: {
    ...TICK_STYLE,
    color: PALETTE.ink.light,
    ...(labelPx === undefined ? { hideOverlap: true } : { ...roomFor(labelPx), interval: 0 }),
  },
});

const roomFor = (width: number) =>
  width > NARROW_PX / 2
    ? { width, overflow: "truncate" }
    : {
        width,
        overflow: "break",
        lineHeight: LABEL_LINE_PX,
        height: 2 * LABEL_LINE_PX,
        lineOverflow: "truncate",
      };

/** Lines across a chart, named at their end. */
export const markLine = (marks: readonly Mark[]) => ({
  silent: true,
  symbol: "none",
  animation: false,
  lineStyle: { color: PALETTE.mark.light, type: [5, 4], width: 1.5 },
  data: marks.map(({ axis, at, label }) => ({
    ...(axis === "x" ? { xAxis: at } : { yAxis: at }),
    label: {
      // A function, as a text would be read as a template with braces.
      formatter: () => shown(label),
      position: axis === "x" ? "end" : "insideEndTop",
      distance: axis === "x" ? 3 : 4,
      color: PALETTE.mark.light,
      fontSize: TEXT_PX,
      textBorderWidth: 0,
    },
  })),
});

/** Nothing on a page without script can be pointed at. */
export const STILL = { silent: true, animation: false, emphasis: { disabled: true } } as const;
