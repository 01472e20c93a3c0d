import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart } from "./chart.js";
import { checkChart } from "./check-chart.js";
import { drawOption } from "./draw-option.js";
import { escapeText } from "./html.js";
import { measureText } from "./measure-text.js";
import { TEXT_PX } from "./option-parts.js";
import { FONT_FAMILY, PALETTE } from "./palette.js";

use([
  BarChart,
  CustomChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
]);

setPlatformAPI({ measureText });

export interface SvgSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface SvgExtras {
  /** Ids within the drawing begin with it; one drawing of a page differs from the other. */
  readonly idPrefix: string;
  /** Drawn below everything else: a style sheet and the paper. */
  readonly first?: string;
}

/**
 * Draws a chart by ECharts without a browser. The same chart gives the same bytes: ECharts numbers its ids
 * through all charts of a process, which are renamed here, and leaves marks for its script, which are removed.
 *
 * @throws GuardError `invalid_request` as `checkChart`
 */
export function drawSvg(
  chart: Chart,
  { widthPx, heightPx }: SvgSize,
  { idPrefix, first }: SvgExtras,
): string {
  checkChart(chart);
  const drawing = init(null, null, { renderer: "svg", ssr: true, width: widthPx, height: heightPx });
  try {
    drawing.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: FONT_FAMILY, color: PALETTE.ink.light },
      ...drawOption(chart, widthPx),
    });
    const inside = drawing
      .renderToSVGString()
      .replace(/^<svg [^>]*>\s*<rect [^>]*><\/rect>/, "")
      .replace(/<style\s*>[\s\S]*?<\/style>/, "") // what a pointer does to it
      .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, "") // texts hold no plain quote
      .replace(/(<[^>]* (?:id="|[\w-]+="url\(#))zr\d+-/g, `$1${idPrefix}-`)
      .replace(/ style="font[^"]*"/g, "") // one font for all, at the root
      .replace(/\n+/g, "")
      .replaceAll("</path>", "") // paths hold nothing
      .replace(/<path ([^>]*)>/g, "<path $1/>");
    const names = `${idPrefix}-title ${idPrefix}-desc`;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(widthPx)} ${String(heightPx)}" ` +
      `width="${String(widthPx)}" height="${String(heightPx)}" role="img" aria-labelledby="${names}" ` +
      `font-size="${String(TEXT_PX)}" font-family="${FONT_FAMILY}">` +
      `<title id="${idPrefix}-title">${escapeText(chart.title)}</title>` +
      `<desc id="${idPrefix}-desc">${escapeText(chart.summary)}</desc>` +
      (first ?? "") +
      inside
    );
  } finally {
    drawing.dispose();
  }
}
