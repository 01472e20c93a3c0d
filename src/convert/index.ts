export { convertCheckpoint, type ConvertOptions } from "./convert-checkpoint.js";
