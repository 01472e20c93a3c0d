export type { PromptSpan } from "./prompt-span.js";
export { kvBytesPerToken, type ModelGeometry, type RopeScaling } from "./geometry.js";
export {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  MASKED,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
} from "./graph-io.js";
export type { ManifestFile, ModelFolder, ModelHead, ModelManifest, WeightFormat } from "./manifest.js";
export { hashFile } from "./hash-file.js";
export { openModelFolder } from "./open-model-folder.js";
export { parseManifest } from "./parse-manifest.js";
export { readGeometry } from "./read-geometry.js";
