import type { Chart } from "./chart.js";
import { chartSize } from "./chart-size.js";
import { drawSvg, type SvgSize } from "./draw-svg.js";
import { PALETTE, darkChartRules } from "./palette.js";

export interface ChartOptions {
  /** 720 by default. */
  readonly widthPx?: number;
  /** As high as its kind and its number of bars ask for, by default. */
  readonly heightPx?: number;
}

/**
 * A chart as an SVG file that stands alone: for documents and for other programs. It brings its paper along, and
 * colours for dark paper where the reader prefers that; viewers without style sheets show the light ones.
 *
 * @throws GuardError `invalid_request` for a chart that would be drawn wrongly
 */
export function renderChart(chart: Chart, { widthPx = 720, heightPx }: ChartOptions = {}): string {
  const marginPx = 12;
  const fit = chartSize(chart, widthPx - 2 * marginPx);
  const size: SvgSize = heightPx === undefined ? fit : { ...fit, heightPx: heightPx - 2 * marginPx };
  const svg = drawSvg(chart, size, {
    idPrefix: chart.id,
    first:
      `<style>@media (prefers-color-scheme:dark){${darkChartRules("svg")}}</style>` +
      `<rect x="${String(-marginPx)}" y="${String(-marginPx)}" width="100%" height="100%" fill="${PALETTE.paper.light}"/>`,
  });
  const [width, height] = [size.widthPx + 2 * marginPx, size.heightPx + 2 * marginPx].map(String) as [
    string,
    string,
  ];
  return svg.replace(
    /viewBox="[^"]*" width="[^"]*" height="[^"]*"/,
    `viewBox="${String(-marginPx)} ${String(-marginPx)} ${width} ${height}" width="${width}" height="${height}"`,
  );
}
