export { convertCheckpoint, type ConvertOptions } from "./convert-checkpoint.js";
export { checkChatTemplate, type ChatTemplateFinding } from "./template-check/check-chat-template.js";
export { openWorkFolder, type WorkFolder } from "./work-folder.js";
export type { CalibrationRecord } from "./quantization-report.js";

// For calibration, which runs a model layer by layer.
export { EMBEDDING, FINAL_NORM, headTensor, openCheckpoint, type Checkpoint } from "./checkpoint.js";
export { openAdapterFor } from "./open-adapter-for.js";
export type { Adapter } from "./adapter/adapter.js";
export { LAYER_IO } from "./graph/layer-graph.js";
export { writeLayerGraph, type LayerGraph, type LayerGraphOptions } from "./layer-graph-file.js";
export { readTensorRows } from "./read-tensor-rows.js";
export { SITES, largestOfGroup, type LayerSmoothing, type PerSite, type Site } from "./smoothing.js";
