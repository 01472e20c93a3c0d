export type { PromptSpan } from "./prompt-span.js";
export { kvBytesPerToken, layerWeights, type ModelGeometry, type RopeScaling } from "./geometry.js";
export {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  MASKED,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
} from "./graph-io.js";
export type {
  ManifestFile,
  ModelFolder,
  ModelHead,
  ModelManifest,
  QuantizationReport,
  WeightFormat,
} from "./manifest.js";
export { ADAPTER_FILES } from "./adapter-files.js";
export { checkIdentity, type ModelIdentity } from "./check-identity.js";
export { hashFile } from "./hash-file.js";
export { listModels, type ModelListing } from "./list-models.js";
export { openModelFolder } from "./open-model-folder.js";
export { parseManifest } from "./parse-manifest.js";
export { readManifest } from "./read-manifest.js";
export { openPlainFile, readPlainFile } from "./plain-file.js";
export { printable } from "./printable.js";
export { readGeometry } from "./read-geometry.js";
export { removeModel } from "./remove-model.js";
export { resolveModelDir } from "./resolve-model-dir.js";
