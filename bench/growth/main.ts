// What a request costs as one thing grows, beside what the arithmetic demands. One JSON line per point on stdout, tables on
// stderr; `--write` puts tables and plots into docs/. Exits with 1 where something grows worse.
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../../base/index.js";
import { readManifest } from "../../model/index.js";
import { openPolicyRegistry } from "../../policy/index.js";
import { readPromptTemplates } from "../../prompt/index.js";
import { describeMachine } from "../machine.js";
import { markdownTable } from "../markdown-table.js";
import { lineChart } from "../plot.js";
import { DOCS, writeSection } from "../write-section.js";
import { SERIES } from "./all-series.js";
import { excess, growsAsDemanded, type Series } from "./series.js";

export async function growth(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string", default: join(PACKAGE_ROOT, "onnx/starter-guard") },
      threads: { type: "string", default: String(availableParallelism()) },
      seed: { type: "string", default: "7" },
      write: { type: "boolean", default: false },
    },
  });
  const machine = describeMachine();
  const { manifest } = await readManifest(values.model);
  const registry = await openPolicyRegistry({ dir: join(PACKAGE_ROOT, "policies") });
  const policy = registry.get("llama-guard-2");
  await registry.close();
  const input = {
    ...{ modelDir: values.model, threads: Number(values.threads), seed: Number(values.seed), policy },
    ...{ geometry: manifest.geometry, templates: await readPromptTemplates() },
  };
  const all: Series[] = [];
  for (const measure of SERIES) {
    const series = await measure(input);
    all.push(series);
    for (const point of series.points)
      console.log(JSON.stringify({ series: series.name, ...point, ...machine }));
    console.error(`\n${describe(series)}`);
  }
  if (values.write) {
    for (const series of all) await writeFile(join(DOCS, plotOf(series)), chartOf(series));
    const section = all.map((series) => `${describe(series)}\n\n![${series.name}](${plotOf(series)})`);
    await writeSection("growth", section.join("\n\n"), machine, `growth ${args.join(" ")}`);
  }
  if (!all.every(growsAsDemanded)) process.exitCode = 1;
}

function describe(series: Series): string {
  const rows = series.points.map(({ x, wallMs, cpuMs, computedTokens, demand }) => [
    ...[String(x), wallMs.toFixed(2), cpuMs.toFixed(2), computedTokens.toFixed(1)],
    ...[(demand / 1e9).toFixed(2), (demand / 1e6 / cpuMs).toFixed(1)],
  ]);
  const head = [
    series.unit,
    "ms",
    "processor ms",
    "tokens computed",
    "GOP demanded",
    "GOP per processor second",
  ];
  const verdict = growsAsDemanded(series)
    ? `As the arithmetic demands: an operation costs ${excess(series).toFixed(2)} times as much at the end.`
    : `Worse than the arithmetic demands: an operation costs ${excess(series).toFixed(2)} times as much at the end.`;
  return `**${series.name}**\n\n${markdownTable(head, rows)}\n\n${verdict}`;
}

const plotOf = ({ unit }: Series): string => `performance-growth-${unit}.svg`;

/** Costs, and the demand scaled to meet them in the middle. */
function chartOf({ name, unit, points }: Series): string {
  const middle = points[Math.floor(points.length / 2)]!;
  const scale = middle.cpuMs / middle.demand;
  return lineChart({
    ...{ title: `What a request costs: ${name}`, x: unit, y: "ms" },
    series: [
      { name: "wall time", points: points.map(({ x, wallMs }) => [x, wallMs]) },
      { name: "processor time", points: points.map(({ x, cpuMs }) => [x, cpuMs]) },
      { name: "what the arithmetic demands", points: points.map(({ x, demand }) => [x, demand * scale]) },
    ],
  });
}
