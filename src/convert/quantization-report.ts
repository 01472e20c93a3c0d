import type { QuantizationReport } from "../model/index.js";
import type { WeightReport } from "./weights/weight-job.js";

/** What calibration learned about a conversion, as the manifest keeps it. */
export type CalibrationRecord = Pick<QuantizationReport, "smoothing" | "calibration" | "agreement">;

const UNCALIBRATED: CalibrationRecord = { smoothing: null, calibration: null, agreement: null };

/** @returns null when no weight was quantised */
export function quantizationReport(
  reports: readonly WeightReport[],
  calibrated: CalibrationRecord = UNCALIBRATED,
): QuantizationReport | null {
  const quantized = reports.filter(({ kind }) => kind === "int8" || kind === "int4");
  if (quantized.length === 0) return null;
  const sum = (of: (report: WeightReport) => number): number =>
    quantized.reduce((total, report) => total + of(report), 0);
  const errors = quantized.map(({ name, squaredError, squaredNorm }) => ({
    name,
    error: shortened(Math.sqrt(squaredError / (squaredNorm || 1))),
  }));
  const worstWeight = errors.reduce((worst, one) => (one.error > worst.error ? one : worst));
  const weightError = shortened(Math.sqrt(sum((r) => r.squaredError) / (sum((r) => r.squaredNorm) || 1)));
  return { weightError, worstWeight, ...calibrated, agreement: shortenedAgreement(calibrated.agreement) };
}

function shortenedAgreement(agreement: CalibrationRecord["agreement"]): CalibrationRecord["agreement"] {
  if (agreement === null) return null;
  const { logitError, unsafeShiftMean, unsafeShiftP95, unsafeShiftMax } = agreement;
  return {
    ...agreement,
    logitError: shortened(logitError),
    unsafeShiftMean: shortened(unsafeShiftMean),
    unsafeShiftP95: shortened(unsafeShiftP95),
    unsafeShiftMax: shortened(unsafeShiftMax),
  };
}

/** Five significant digits: more would only differ with the order of additions. */
const shortened = (value: number): number => Number(value.toPrecision(5));
