import type { NumberFormat } from "./format-number.js";

/** A chart as plain data: what is shown, never how it is drawn. */
export type Chart = BarsChart | LinesChart | HistogramChart | ReliabilityChart;

interface ChartWords {
  /** Letters, digits and dashes; unique on its page, as ids within the SVG begin with it. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for those who cannot see it: what is drawn and what stands out. */
  readonly summary: string;
}

export interface ValueAxis {
  /** What is measured and in which unit: `latency (ms)`. */
  readonly name: string;
  readonly format?: NumberFormat;
  /** `log` takes numbers above 0 only. */
  readonly scale?: "linear" | "log";
  readonly min?: number;
  readonly max?: number;
}

/** Points lie at days, `2026-11-25`. */
export interface DayAxis {
  readonly name: string;
  readonly scale: "day";
}

/** Lowest and highest value of an interval of confidence. */
export type Interval = readonly [low: number, high: number];

/** A line across the chart, such as a threshold. */
export interface Mark {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly label: string;
}

export interface BarSeries {
  readonly name: string;
  /** One for each label; null is a gap. */
  readonly values: readonly (number | null)[];
  readonly intervals?: readonly (Interval | null)[];
}

export interface BarsChart extends ChartWords {
  readonly kind: "bars";
  /** `horizontal` (default) has room for long labels, and lists from the top. */
  readonly direction?: "horizontal" | "vertical";
  readonly labelName: string;
  readonly labels: readonly string[];
  readonly value: ValueAxis;
  readonly series: readonly BarSeries[];
  /** Series on top of one another rather than side by side. */
  readonly stacked?: boolean;
}

export interface LinePoint {
  readonly x: number | string;
  /** Null breaks the line. */
  readonly y: number | null;
  /** Drawn as a band around the line. */
  readonly interval?: Interval;
}

export interface LineSeries {
  readonly name: string;
  readonly points: readonly LinePoint[];
  /** `line` by default; `steps` holds each value until the next point. */
  readonly draw?: "line" | "dashed" | "steps" | "points";
}

export interface LinesChart extends ChartWords {
  readonly kind: "lines";
  readonly x: ValueAxis | DayAxis;
  readonly y: ValueAxis;
  readonly series: readonly LineSeries[];
  readonly marks?: readonly Mark[];
  /** A dashed line of this name from (0, 0) to (1, 1), such as `chance` in a ROC plot. */
  readonly diagonal?: string;
}

export interface HistogramChart extends ChartWords {
  readonly kind: "histogram";
  readonly x: ValueAxis;
  /** `log` begins at 1 and takes one series. */
  readonly y: ValueAxis;
  /** Ascending; one more than there are bins. */
  readonly edges: readonly number[];
  /** Stacked on top of one another. */
  readonly series: readonly { readonly name: string; readonly counts: readonly number[] }[];
  readonly marks?: readonly Mark[];
}

export interface ReliabilityBin {
  /** 0..1 */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean predicted probability and share that came true, both 0..1; null in an empty bin. */
  readonly meanScore: number | null;
  readonly share: number | null;
  readonly interval?: Interval;
}

/** Predicted probability against what came true, above how many predictions each bin holds. */
export interface ReliabilityChart extends ChartWords {
  readonly kind: "reliability";
  readonly scoreName: string;
  readonly shareName: string;
  readonly bins: readonly ReliabilityBin[];
}
