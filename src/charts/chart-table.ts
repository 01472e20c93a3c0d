import type { Chart, Interval, LinesChart } from "./chart.js";
import type { NumberFormat } from "./format-number.js";
import type { Table, TableCell, TableColumn } from "./table.js";

/** The numbers of a chart as a table, for those who want them or cannot see the drawing. */
export function chartTable(chart: Chart): Table {
  switch (chart.kind) {
    case "bars": {
      const format = chart.value.format ?? "number";
      const withIntervals = chart.series.map(({ intervals }) => intervals !== undefined);
      return {
        columns: [
          { name: chart.labelName },
          ...chart.series.flatMap(({ name }, at) => valueColumns(name, format, withIntervals[at] === true)),
        ],
        rows: chart.labels.map((label, row) => [
          label,
          ...chart.series.flatMap(({ values, intervals }) => [
            values[row] ?? null,
            ...(intervals === undefined ? [] : bounds(intervals[row] ?? null)),
          ]),
        ]),
      };
    }
    case "lines":
      return linesTable(chart);
    case "histogram":
      return {
        columns: [
          { name: `${chart.x.name}, from`, format: chart.x.format ?? "number" },
          { name: "to", format: chart.x.format ?? "number" },
          ...chart.series.map(({ name }) => ({ name, format: chart.y.format ?? "count" })),
        ],
        rows: chart.edges
          .slice(0, -1)
          .map((from, bin) => [
            from,
            chart.edges[bin + 1] ?? null,
            ...chart.series.map(({ counts }) => counts[bin] ?? null),
          ]),
      };
    case "reliability":
      return {
        columns: [
          { name: `${chart.scoreName}, from`, format: "number" },
          { name: "to", format: "number" },
          { name: "mean", format: "number" },
          ...valueColumns(chart.shareName, "share", true),
          { name: "count", format: "count" },
        ],
        rows: chart.bins.map(({ from, to, meanScore, share, interval, count }) => [
          from,
          to,
          meanScore,
          share,
          ...bounds(interval ?? null),
          count,
        ]),
      };
  }
}

/** Series that share their places stand side by side; others would be mostly gaps and follow one another. */
function linesTable({ x, y, series }: LinesChart): Table {
  const format = y.format ?? "number";
  const xColumn: TableColumn =
    x.scale === "day" ? { name: x.name } : { name: x.name, format: x.format ?? "number" };
  const withInterval = series.some(({ points }) => points.some(({ interval }) => interval !== undefined));
  const places = series.map(({ points }) => points.map((point) => point.x).join());
  if (new Set(places).size <= 1)
    return {
      columns: [xColumn, ...series.flatMap(({ name }) => valueColumns(name, format, withInterval))],
      rows: (series[0]?.points ?? []).map((point, row) => [
        point.x,
        ...series.flatMap(({ points }) => cells(points[row], withInterval)),
      ]),
    };
  return {
    columns: [{ name: "series" }, xColumn, ...valueColumns(y.name, format, withInterval)],
    rows: series.flatMap(({ name, points }) =>
      points.map((point) => [name, point.x, ...cells(point, withInterval)]),
    ),
  };
}

const cells = (
  point: { y: number | null; interval?: Interval } | undefined,
  withInterval: boolean,
): TableCell[] => [point?.y ?? null, ...(withInterval ? bounds(point?.interval ?? null) : [])];

const bounds = (interval: Interval | null): readonly (number | null)[] => interval ?? [null, null];

const valueColumns = (name: string, format: NumberFormat, withInterval: boolean): TableColumn[] => [
  { name, format },
  ...(withInterval
    ? [
        { name: "low", format },
        { name: "high", format },
      ]
    : []),
];
