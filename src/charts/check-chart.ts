import { GuardError } from "../base/index.js";
import type { Chart, DayAxis, ValueAxis } from "./chart.js";

const ID = /^[a-zA-Z][a-zA-Z0-9-]{0,63}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Refuses what would be drawn wrongly without a word: a series of another length than its labels, a number that is
 * none, zero on a logarithmic axis.
 *
 * @throws GuardError `invalid_request`
 */
export function checkChart(chart: Chart): void {
  const refuse = (why: string): never => {
    throw new GuardError("invalid_request", `a chart cannot be drawn: ${why}`);
  };
  if (!ID.test(chart.id)) refuse("its id takes letters, digits and dashes, a letter first");
  const number = (axis: ValueAxis, value: number | null): void => {
    if (value === null) return;
    if (!Number.isFinite(value)) refuse("a number of it is not finite");
    if (axis.scale === "log" && value <= 0) refuse("a logarithmic axis takes numbers above 0");
  };
  const place = (axis: ValueAxis | DayAxis, at: number | string): void => {
    if (axis.scale === "day") {
      if (typeof at !== "string" || !DAY.test(at)) refuse("a day axis takes days as YYYY-MM-DD");
    } else if (typeof at === "number") number(axis, at);
    else refuse("an axis of numbers takes numbers");
  };
  switch (chart.kind) {
    case "bars":
      for (const { values, intervals } of chart.series) {
        if (values.length !== chart.labels.length) refuse("a series has not one value for each label");
        if (intervals !== undefined && intervals.length !== values.length)
          refuse("a series has not one interval for each value");
        for (const value of [...values, ...(intervals ?? []).flatMap((pair) => pair ?? [])])
          number(chart.value, value);
      }
      return;
    case "lines":
      for (const { x, y, interval } of chart.series.flatMap(({ points }) => points)) {
        place(chart.x, x);
        for (const value of [y, ...(interval ?? [])]) number(chart.y, value);
      }
      return;
    case "histogram":
      if (chart.edges.some((edge, at) => at > 0 && !(edge > (chart.edges[at - 1] ?? edge))))
        refuse("edges of bins must ascend");
      for (const edge of chart.edges) number(chart.x, edge);
      if (chart.y.scale === "log" && chart.series.length > 1)
        refuse("series on top of one another have no heights on a logarithmic axis");
      for (const { counts } of chart.series) {
        if (counts.length !== chart.edges.length - 1) refuse("a series has not one count for each bin");
        for (const count of counts) number({ name: "" }, count);
      }
      return;
    case "reliability":
      for (const { from, to, count, meanScore, share, interval } of chart.bins)
        for (const value of [from, to, count, meanScore, share, ...(interval ?? [])])
          number({ name: "" }, value);
      return;
    default:
      chart satisfies never;
  }
}
