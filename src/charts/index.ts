export type {
  BarSeries,
  BarsChart,
  Chart,
  DayAxis,
  HistogramChart,
  Interval,
  LinePoint,
  LineSeries,
  LinesChart,
  Mark,
  ReliabilityBin,
  ReliabilityChart,
  ValueAxis,
} from "./chart.js";
export { renderChart, type ChartOptions } from "./render-chart.js";
export { renderFigure, type FigureOptions } from "./figure.js";
export { renderPage, type Page, type PageSection } from "./page.js";
export { renderTable, type Table, type TableCell, type TableColumn } from "./table.js";
export { html, type Html, type HtmlPart } from "./html.js";
export { visibleText } from "./visible-text.js";
export { formatNumber, type NumberFormat } from "./format-number.js";
