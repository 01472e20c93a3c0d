import { markdownTable } from "../markdown-table.js";
import type { Limits } from "./measure-limits.js";
import { LAYER_PARTS, sumOf } from "./operations.js";

const giga = (value: number): string => (value / 1e9).toFixed(1);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** What the machine can do, and each part of a step with its share of it. Attention computes in float32. */
export function limitsTables(limits: Limits): string {
  const { int8PerSecond, fp32PerSecond, copyBytesPerSecond, readBytesPerSecond, runMs } = limits;
  const machine = markdownTable(
    ["at best", ""],
    [
      ["int8 products", `${giga(int8PerSecond)} GOP/s`],
      ["float32 products", `${giga(fp32PerSecond)} GFLOP/s`],
      ["memory, copied (read and written)", `${giga(copyBytesPerSecond)} GB/s`],
      ["memory, read by a product of one row", `${giga(readBytesPerSecond)} GB/s`],
    ],
  );
  const profiled = Object.values(limits.parts).reduce((sum, ms) => sum + ms, 0);
  const rows = LAYER_PARTS.map((part) => {
    const perSecond = (1000 * limits.operations[part]) / limits.parts[part];
    const peak = part === "attention" ? fp32PerSecond : int8PerSecond;
    return [
      ...[part, limits.parts[part].toFixed(1), percent(limits.parts[part] / profiled)],
      ...[giga(perSecond), percent(perSecond / peak)],
      giga((1000 * limits.bytes[part]) / limits.parts[part]),
    ];
  });
  const elementwise = limits.parts.elementwise;
  const all = (1000 * sumOf(limits.operations)) / runMs;
  return [
    machine,
    markdownTable(
      ["part of a step", "ms", "of the time", "GOP/s", "of the best", "GB/s"],
      [
        ...rows,
        ["between them", elementwise.toFixed(1), percent(elementwise / profiled), "", "", ""],
        ["the whole run, not profiled", runMs.toFixed(1), "", giga(all), percent(all / int8PerSecond), ""],
      ],
    ),
  ].join("\n\n");
}
