export { finiteMax } from "./finite-max.js";
export {
  type ChatMessage,
  type FinishReason,
  type GenerationEvent,
  type GenerationRequest,
  type Generator,
  type GeneratorInfo,
  type Sampling,
  type TokenLogprob,
  type ToolCall,
  type ToolDefinition,
} from "./generator.js";
export { logProbabilities, type LikelyToken } from "./log-probabilities.js";
export { sampleToken, type Drawing } from "./sampler.js";
export { createStopTexts, type StopTexts } from "./stop-texts.js";
export { createTextStream, type TextStream } from "./text-stream.js";
export { readTokenBytes } from "./token-bytes.js";
