export { randomOf, sampleRows, shuffled } from "./draw.js";
export { exportExamples, type ExportTally } from "./export-examples.js";
export type { ExportOptions, LeftOut, TokenLimit } from "./export-row.js";
export type { LabelledRow } from "./labelled-row.js";
export { readLines } from "./read-lines.js";
export { readLabelledRows, type ReadRowsOptions } from "./read-labelled-rows.js";
