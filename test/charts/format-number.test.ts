import { describe, expect, it } from "@jest/globals";
import { formatNumber } from "../../src/charts/index.js";
import { formatTick } from "../../src/charts/format-number.js";

describe("formatNumber", () => {
  it.each([
    [0, "share", "0%"],
    [1, "share", "100%"],
    [0.000_001, "share", "<0.01%"],
    [0.999_999, "share", ">99.99%"],
    [0.0004, "share", "0.04%"],
    [0.1234, "share", "12.3%"],
    [1_234_567, "count", "1,234,567"],
    [0.123456, "number", "0.1235"],
    [12_345.6, "number", "12,346"],
    [null, "count", "–"],
    [NaN, "number", "–"],
  ] as const)("writes %p as a %s: %s", (value, format, text) => {
    expect(formatNumber(value, format)).toBe(text);
  });
});

describe("formatTick", () => {
  it("is short where a neighbour tells the precision", () => {
    expect([0.05, 0.125].map((value) => formatTick(value, "share"))).toEqual(["5%", "12.5%"]);
    expect([500, 20_000, 1_500_000].map((value) => formatTick(value, "count"))).toEqual([
      "500",
      "20K",
      "1.5M",
    ]);
  });
});
