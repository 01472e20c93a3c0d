import type { Evaluation, Slice } from "../eval/index.js";
import { formatEstimate } from "./format-estimate.js";
import { formatTable } from "./format-table.js";

const HEAD = ["", "unsafe", "safe", "F1", "recall", "FPR", "AUPRC", "recall at 1% FPR", "ECE"];

/** What `eval` prints; `eval.json` has the rest. */
export function describeEvaluation({ run, policy, coverage, bootstrap, ...result }: Evaluation): string {
  const { overall, roles, categories } = result;
  const lines = [
    lineOf("all", overall),
    lineOf("by users", roles.user),
    lineOf("by assistants", roles.assistant),
    ...Object.entries(categories)
      .filter(([, { unsafe }]) => unsafe > 0)
      .map(([code, slice]) => lineOf(code, slice)),
  ];
  const failures = Object.entries(coverage.failed).map(([code, rows]) => `${String(rows)} ${code}`);
  const left = [...failures, ...(coverage.missing > 0 ? [`${String(coverage.missing)} never tried`] : [])];
  return [
    `${run.model.id}, judged by ${policy.id} ${policy.version}: ${String(coverage.judged)} of ${String(coverage.rows)} rows have a verdict`,
    left.length > 0 ? ` (${left.join(", ")})\n\n` : "\n\n",
    formatTable([HEAD, ...lines]),
    `\nF1, recall and FPR by the policy's verdicts; 95 % intervals of ${String(bootstrap.draws)} samples of prompts. A category's line\n` +
      "counts rows whose categories are known: unsafe are those labelled with it.\n",
  ].join("");
}

function lineOf(name: string, { unsafe, safe, figures }: Slice): string[] {
  const { atPolicy, auprc, recallAt1PercentFpr, ece } = figures;
  return [
    name,
    String(unsafe),
    String(safe),
    ...[atPolicy.f1, atPolicy.recall, atPolicy.falsePositiveRate, auprc, recallAt1PercentFpr, ece].map(
      formatEstimate,
    ),
  ];
}
