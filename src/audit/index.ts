export { renderReport } from "./report/render-report.js";
export { readReportedRun, type ReportedRun } from "./report/reported-run.js";
export type { RunSummary } from "./report/run-summary.js";
export { summarizeRun } from "./report/summarize-run.js";
export { writeReport } from "./report/write-report.js";
