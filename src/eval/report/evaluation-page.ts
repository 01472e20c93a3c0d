import {
  html,
  renderFigure,
  renderPage,
  renderTable,
  type Html,
  type TableCell,
} from "../../charts/index.js";
import type { Estimate } from "../metrics/bootstrap.js";
import type { Evaluation, Slice } from "../summarize.js";
import { evaluationCharts } from "./evaluation-charts.js";

/** An evaluation as one HTML file for people: no script, nothing fetched, no text of any row. */
export function evaluationPage(evaluation: Evaluation): string {
  const { run, policy, coverage, bootstrap, overall, roles, sources, categories } = evaluation;
  const failed = Object.entries(coverage.failed).map(([code, rows]) => `${String(rows)} ${code}`);
  const charts = evaluationCharts(evaluation);
  const categorySlices = Object.entries(categories);
  return renderPage({
    title: `${run.model.id} by ${policy.id}`,
    lead: html`<p>
      ${String(coverage.judged)} of ${String(coverage.rows)} rows have a
      verdict${failed.length > 0 ? `; without: ${failed.join(", ")}` : ""}. Figures are of these, with 95 %
      intervals from ${String(bootstrap.draws)} samples of prompts, in which all rows of a prompt are drawn
      together. Positive means unsafe. ${run.model.notice}
    </p>`,
    sections: [
      {
        id: "overall",
        title: "Overall and by role",
        body: sliceTable([
          ["all", overall],
          ["by users", roles.user],
          ["by assistants", roles.assistant],
        ]),
      },
      ...(charts.length > 0
        ? [{ id: "curves", title: "Curves", body: html`${charts.map((chart) => renderFigure(chart))}` }]
        : []),
      ...(categorySlices.length > 0
        ? [
            {
              id: "categories",
              title: "By category",
              body: html`<p>
                  Of rows whose categories are known; unsafe are those labelled with the category.
                </p>
                ${sliceTable(categorySlices)}`,
            },
          ]
        : []),
      { id: "sources", title: "By source", body: sliceTable(Object.entries(sources)) },
      { id: "run", title: "The run", body: runTable(evaluation) },
    ],
  });
}

const COLUMNS = [
  "unsafe",
  "safe",
  "F1",
  "precision",
  "recall",
  "FPR",
  "AUPRC",
  "AUROC",
  "recall at 1 % FPR",
  "ECE",
];

/** The figures that decide; `eval.json` has all of them. */
const sliceTable = (slices: readonly (readonly [string, Slice])[]): Html =>
  renderTable({
    columns: [{ name: "" }, ...COLUMNS.map((name) => ({ name, format: "number" as const }))],
    rows: slices.map(([name, { unsafe, safe, figures }]): TableCell[] => [
      name,
      ...[unsafe, safe].map(String),
      ...[
        figures.atPolicy.f1,
        figures.atPolicy.precision,
        figures.atPolicy.recall,
        figures.atPolicy.falsePositiveRate,
        figures.auprc,
        figures.auroc,
        figures.recallAt1PercentFpr,
        figures.ece,
      ].map(estimateCell),
    ]),
  });

function estimateCell({ value, low, high }: Estimate): TableCell {
  if (value === null) return null;
  const shown = value.toFixed(3);
  return low === null || high === null
    ? shown
    : html`${shown}<br /><small>${low.toFixed(3)}–${high.toFixed(3)}</small>`;
}

function runTable({ run, policy, bootstrap }: Evaluation): Html {
  const { calibration } = policy;
  const facts: [string, string][] = [
    ["model", `${run.model.id}, ${run.model.sha256}`],
    ["policy", `${policy.id} ${policy.version}, ${policy.sha256}`],
    [
      "calibration",
      calibration === null
        ? "none"
        : `temperature ${String(calibration.temperature)}, bias ${String(calibration.bias)}`,
    ],
    [
      "data",
      `${run.data.files.join(", ")}: ${String(run.data.chosen)} of ${String(run.data.rows)} rows, seed ${String(run.data.seed)}`,
    ],
    ["begun", run.startedAt],
    ["intervals", `${String(bootstrap.draws)} samples, seed ${String(bootstrap.seed)}`],
    ["versions", `portcullis ${run.versions.portcullis}, Node ${run.versions.node}`],
  ];
  return renderTable({ columns: [{ name: "" }, { name: "" }], rows: facts });
}
