import { describe, expect, it } from "@jest/globals";
import { renderChart, type Chart } from "../../src/charts/index.js";
import { HOSTILE, SOME_CHARTS } from "./some-charts.js";

const [BARS] = SOME_CHARTS as [Extract<Chart, { kind: "bars" }>];
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((m) => m[1]!);

describe.each(SOME_CHARTS.map((chart) => [chart.id, chart] as const))("renderChart of %s", (_, chart) => {
  const svg = renderChart(chart);

  it("is well formed, with everything escaped", () => {
    const open: string[] = [];
    for (const [, close, name, selfClosed] of svg.matchAll(/<(\/?)([\w]+)(?:\s[^<>]*?)?(\/?)>/g)) {
      if (close === "/") expect(open.pop()).toBe(name);
      else if (selfClosed !== "/") open.push(name!);
    }
    expect(open).toEqual([]);
    expect(svg.replace(/<style>.*?<\/style>/, "").replace(/<\/?[\w]+(?:\s[^<>]*)?>/g, "")).not.toMatch(
      /[<>]/,
    );
    expect(svg).not.toMatch(/<script|[\p{Cc}\p{Cf}]/iu);
    expect(svg).not.toContain("NaN");
  });

  it("refers to nothing outside itself and leaves no marks of the library", () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|href|@import|ecmeta|class=/,
    );
    const ids = [...svg.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !id.startsWith(`${chart.id}-`))).toEqual([]);
    for (const [, id] of svg.matchAll(/="url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it("has a name and a description for those who cannot see it", () => {
    expect(svg).toMatch(
      new RegExp(`^<svg [^>]*role="img" aria-labelledby="${chart.id}-title ${chart.id}-desc"[^>]*><title `),
    );
    expect(svg).toContain("<desc ");
  });

  it("is the same each time", () => {
    expect(renderChart(chart)).toBe(svg);
  });
});

describe("renderChart", () => {
  it("draws bars as long as their values", () => {
    const svg = renderChart({
      ...BARS,
      labels: ["a", "b"],
      series: [{ name: "n", values: [1, 0.25] }],
    });
    const lengths = [
      ...svg.matchAll(/<path d="M[\d.]+ [\d.]+l([\d.]+) 0l0 [\d.]+l-[\d.]+ 0Z" fill="#0b66b0"/g),
    ];
    const [long, short] = lengths.map((match) => Number(match[1]));
    expect(short! / long!).toBeCloseTo(0.25, 2);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["100%", "25.0%", "a", "b"]));
  });

  it("marks points so few that a line alone would not be seen", () => {
    const lines = SOME_CHARTS.find(({ id }) => id === "lines")!;
    expect(renderChart(lines)).toMatch(/<path d="M[^"]*A[^"]*" [^>]*#c2500c/); // the only point of the second series
  });

  it("names charts of other sizes no differently, and takes the size asked for", () => {
    expect(renderChart(BARS, { widthPx: 400, heightPx: 200 })).toMatch(
      /^<svg [^>]* width="400" height="200"/,
    );
  });

  it("says so where there is nothing to draw", () => {
    for (const chart of SOME_CHARTS) {
      const empty =
        chart.kind === "reliability"
          ? { ...chart, bins: [] }
          : chart.kind === "histogram"
            ? { ...chart, series: [] }
            : chart.kind === "bars"
              ? { ...chart, labels: [], series: [] }
              : { ...chart, series: [] };
      expect(textsOf(renderChart(empty))).toContain("nothing to show");
    }
  });

  it.each<[string, Chart]>([
    ["a value for no label", { ...BARS, series: [{ name: "n", values: [1] }] }],
    ["a number that is none", { ...BARS, series: [{ name: "n", values: [1, NaN] }] }],
    [
      "zero on a logarithmic axis",
      { ...BARS, value: { name: "n", scale: "log" }, series: [{ name: "n", values: [1, 0] }] },
    ],
    ["an id that is markup", { ...BARS, id: HOSTILE }],
    [
      "edges out of order",
      { ...BARS, kind: "histogram", x: BARS.value, y: BARS.value, edges: [0, 0], series: [] },
    ],
    [
      "a day that is none",
      {
        ...BARS,
        kind: "lines",
        x: { name: "d", scale: "day" },
        y: BARS.value,
        series: [{ name: "n", points: [{ x: 1, y: 1 }] }],
      },
    ],
  ])("refuses %s", (_, chart) => {
    expect(() => renderChart(chart)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
