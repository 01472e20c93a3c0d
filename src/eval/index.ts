export { calibratePolicy, type CalibratedPolicy, type FitFigures } from "./calibrate/calibrate-policy.js";
export type { Aim } from "./calibrate/fit-thresholds.js";
export { overlayOf } from "./calibrate/overlay-of.js";
export { chooseRows } from "./choose-rows.js";
export { readExamples, type PolicyExample } from "./examples/policy-example.js";
export { testExamples, type ExampleOutcome } from "./examples/test-examples.js";
export { judgeRows } from "./judge-rows.js";
export type { Estimate } from "./metrics/bootstrap.js";
export { requireKnownCodes } from "./known-codes.js";
export { readResults } from "./read-results.js";
export { evaluationCharts } from "./report/evaluation-charts.js";
export { evaluationPage } from "./report/evaluation-page.js";
export {
  asJson,
  openResultFolder,
  requireEmpty,
  ROWS_FILE,
  writeResult,
  type ResultFolder,
} from "./result-folder.js";
export { measureRobustness, type Robustness, type TransformResult } from "./robustness/measure-robustness.js";
export { TRANSFORMS } from "./robustness/transforms.js";
export { letControlsThrough, UNDEFENDED } from "./robustness/undefended.js";
export type { RowOutcome } from "./row-outcome.js";
export { createRunRecord, identityOf, type RunRecord } from "./run-record.js";
export { summarize, type Evaluation, type Slice } from "./summarize.js";
