import type { Chart } from "./chart.js";
import type { SvgSize } from "./draw-svg.js";
import { NARROW_PX } from "./option-parts.js";

const ROW_PX = 26;
const ROW_OF_TWO_LINES_PX = 36;
const MAX_HEIGHT_PX = 4000; // some hundred labels; more are no chart any more but a table

/** As high as a chart of its kind and width reads well. */
export function chartSize(chart: Chart, widthPx: number): SvgSize {
  if (chart.kind === "bars" && chart.direction !== "vertical") {
    const barsEach = chart.stacked === true ? 1 : Math.max(chart.series.length, 1);
    const rowPx = (widthPx < NARROW_PX ? ROW_OF_TWO_LINES_PX : ROW_PX) + (barsEach - 1) * 12;
    const around = 48 + (chart.series.length > 1 ? 30 : 0);
    const heightPx = Math.min(MAX_HEIGHT_PX, around + Math.max(chart.labels.length, 2) * rowPx);
    return { widthPx, heightPx };
  }
  if (chart.kind === "reliability" || (chart.kind === "lines" && chart.diagonal !== undefined))
    return { widthPx, heightPx: Math.min(Math.round(widthPx * (chart.kind === "lines" ? 0.9 : 1.15)), 520) };
  return { widthPx, heightPx: widthPx < NARROW_PX ? 250 : 300 };
}
