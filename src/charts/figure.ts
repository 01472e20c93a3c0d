import type { Chart } from "./chart.js";
import { chartSize } from "./chart-size.js";
import { chartTable } from "./chart-table.js";
import { drawSvg } from "./draw-svg.js";
import { Html, html } from "./html.js";
import { renderTable } from "./table.js";

export interface FigureOptions {
  /** `half` stands beside another on wide pages. */
  readonly span?: "full" | "half";
  /** Said below the title, for everyone. */
  readonly note?: string | Html;
  /** Below the numbers, such as a table that says more. */
  readonly after?: Html;
}

const WIDE_PX = { full: 880, half: 424 } as const;
const NARROW_PX = 328;

/**
 * A chart on a page, with its title and a table of the same numbers to unfold. It is drawn twice, for wide and for
 * narrow pages, as a drawing that shrinks takes its letters along; the page shows one of them.
 */
export function renderFigure(chart: Chart, { span = "full", note, after }: FigureOptions = {}): Html {
  const draw = (of: "wide" | "narrow", widthPx: number): Html =>
    Html.trust(drawSvg(chart, chartSize(chart, widthPx), { idPrefix: `${chart.id}-${of}` }));
  return html`
    <figure class="${span}">
      <figcaption>
        <h3>${chart.title}</h3>
        ${note === undefined ? null : html`<p>${note}</p>`}
      </figcaption>
      <div class="chart wide">${draw("wide", WIDE_PX[span])}</div>
      <div class="chart narrow">${draw("narrow", NARROW_PX)}</div>
      <details>
        <summary>The numbers</summary>
        ${renderTable({ ...chartTable(chart), caption: chart.title })}
      </details>
      ${after}
    </figure>
  `;
}
