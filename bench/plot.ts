import * as echarts from "echarts";
import { measureText } from "../charts/measure-text.js";

echarts.setPlatformAPI({ measureText }); // legends would run into one another

const SIZE = { renderer: "svg", ssr: true, width: 860, height: 420 } as const;

/** Bars beside one another. A value that was not measured is null. */
export interface BarChart {
  readonly title: string;
  readonly names: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

export const barChart = ({ title, names, series }: BarChart): string =>
  svgOf({
    title: { text: title, left: "center" },
    legend: { bottom: 0 },
    grid: { left: 260, right: 60, top: 48, bottom: 48 },
    xAxis: { type: "value" },
    yAxis: { type: "category", inverse: true, data: [...names], axisLabel: { width: 250 } },
    series: series.map(({ name, values }) => ({
      ...{ name, type: "bar", data: [...values] },
      label: { show: true, position: "right", formatter: ({ value }: { value: number }) => short(value) },
    })),
  });

/** Curves over a logarithmic axis. */
export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

export const lineChart = ({ title, x, y, series }: LineChart): string =>
  svgOf({
    title: { text: title, left: "center" },
    legend: { bottom: 0 },
    grid: { left: 80, right: 40, top: 56, bottom: 84 },
    xAxis: { type: "log", logBase: 2, name: x, nameLocation: "middle", nameGap: 28 },
    yAxis: { type: "log", name: y },
    series: series.map(({ name, points }) => ({
      name,
      type: "line",
      data: points.map((point) => [...point]),
    })),
  });

function svgOf(option: object): string {
  const chart = echarts.init(null, null, SIZE);
  chart.setOption({ animation: false, backgroundColor: "#fff", ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const short = (value: number): string => (Number.isFinite(value) ? value.toPrecision(3) : "");
