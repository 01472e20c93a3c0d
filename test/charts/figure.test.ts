import { describe, expect, it } from "@jest/globals";
import { renderFigure } from "../../src/charts/index.js";
import { chartTable } from "../../src/charts/chart-table.js";
import { SOME_CHARTS } from "./some-charts.js";

const chartOf = (id: string) => SOME_CHARTS.find((chart) => chart.id === id)!;

describe("renderFigure", () => {
  it("draws for wide and narrow pages under ids of their own, with a table of the same numbers", () => {
    for (const chart of SOME_CHARTS) {
      const markup = renderFigure(chart).toString();
      const ids = [...markup.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
      expect(new Set(ids).size).toBe(ids.length);
      expect(markup.match(/<svg /g)).toHaveLength(2);
      expect(markup.match(/<tr>/g)).toHaveLength(chartTable(chart).rows.length + 1);
      expect(markup).not.toMatch(/<script|<style|style="(?!font)/);
    }
  });
});

describe("chartTable", () => {
  it("gives values with their intervals", () => {
    const { columns, rows } = chartTable(chartOf("bars"));
    expect(columns.map(({ name }) => name).slice(2)).toEqual(["low", "high"]);
    expect(rows.map((row) => row.slice(1))).toEqual([
      [0.25, 0.2, 0.3],
      [null, null, null],
    ]);
  });

  it("lets series of other places follow one another", () => {
    expect(chartTable(chartOf("growth")).rows).toEqual([
      ["a", 1, 1],
      ["a", 10, 10],
      ["a", 100, 100],
      ["b", 50, 7],
    ]);
  });
});
