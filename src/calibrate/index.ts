export type { Agreement } from "./agreement.js";
export { calibrate } from "./calibrate.js";
export type { CalibrationOptions, CalibrationPrompt, CalibrationResult } from "./calibration-options.js";
