import type { Chart } from "../../src/charts/index.js";

/** What someone may name a file or a conversation. */
export const HOSTILE = `"><script>alert(1)</script>{a|b}&amp; ' \u202etxt.exe\u0000\n]]> url(#zr0-c0)`;

const words = (id: string) => ({ id, title: `Title ${HOSTILE}`, summary: `Summary ${HOSTILE}` });
const UNIT = Array.from({ length: 11 }, (_, at) => at / 10);

/** One of each kind, with every option in use and rubbish for every name. */
export const SOME_CHARTS: readonly Chart[] = [
  {
    ...words("bars"),
    kind: "bars",
    labelName: HOSTILE,
    labels: [`one ${HOSTILE}`, "two"],
    value: { name: HOSTILE, format: "share" },
    series: [{ name: HOSTILE, values: [0.25, null], intervals: [[0.2, 0.3], null] }],
  },
  {
    ...words("columns"),
    kind: "bars",
    direction: "vertical",
    stacked: true,
    labelName: "quarter",
    labels: ["one", "two"],
    value: { name: HOSTILE, format: "count" },
    series: [
      { name: `a ${HOSTILE}`, values: [1, 2] },
      { name: "b", values: [12_345, 4] },
    ],
  },
  {
    ...words("lines"),
    kind: "lines",
    x: { name: HOSTILE, scale: "day" },
    y: { name: HOSTILE, format: "share" },
    series: [
      {
        name: `a ${HOSTILE}`,
        points: [
          { x: "2026-11-24", y: 0.5, interval: [0.4, 0.6] },
          { x: "2026-11-25", y: 0.25, interval: [0.2, 0.3] },
          { x: "2026-11-26", y: null },
        ],
      },
      { name: "b", draw: "steps", points: [{ x: "2026-11-24", y: 0.125 }] },
    ],
    marks: [{ axis: "y", at: 0.3, label: HOSTILE }],
  },
  {
    ...words("roc"),
    kind: "lines",
    x: { name: "false positives", min: 0, max: 1 },
    y: { name: "true positives", min: 0, max: 1 },
    diagonal: HOSTILE,
    series: [{ name: "guard", draw: "steps", points: UNIT.map((x) => ({ x, y: Math.sqrt(x) })) }],
  },
  {
    ...words("growth"),
    kind: "lines",
    x: { name: "tokens", scale: "log" },
    y: { name: "ms", scale: "log" },
    series: [
      { name: "a", draw: "dashed", points: [1, 10, 100].map((x) => ({ x, y: x })) },
      { name: "b", draw: "points", points: [{ x: 50, y: 7 }] },
    ],
  },
  {
    ...words("histogram"),
    kind: "histogram",
    x: { name: HOSTILE },
    y: { name: HOSTILE },
    edges: UNIT,
    series: [{ name: HOSTILE, counts: UNIT.slice(1).map((edge) => Math.round(edge * 1000)) }],
    marks: [{ axis: "x", at: 0.5, label: HOSTILE }],
  },
  {
    ...words("reliability"),
    kind: "reliability",
    scoreName: HOSTILE,
    shareName: HOSTILE,
    bins: UNIT.slice(1).map((to, at) => ({
      from: UNIT[at] ?? 0,
      to,
      count: at,
      meanScore: at === 0 ? null : to - 0.05,
      share: at === 0 ? null : to,
      ...(at === 0 ? {} : { interval: [Math.max(to - 0.1, 0), to] as const }),
    })),
  },
];
