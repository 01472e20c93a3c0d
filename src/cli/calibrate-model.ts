import { basename } from "node:path";
import { GuardError } from "../base/index.js";
import { calibrate, type CalibrationPrompt } from "../calibrate/index.js";
import {
  openAdapterFor,
  openCheckpoint,
  type CalibrationRecord,
  type LayerSmoothing,
} from "../convert/index.js";
import { readLabelledRows, type LabelledRow } from "../dataset/index.js";
import { hashFile } from "../model/index.js";
import { chatPrompts, guardPrompts, verdictTokens } from "./calibration-prompts.js";
import type { ObtainedOptions } from "./make-model-options.js";

/** What a conversion is given of it. */
export interface Calibrated {
  readonly smoothing?: readonly LayerSmoothing[];
  readonly calibrated?: CalibrationRecord;
}

/**
 * Runs a checkpoint over conversations to find out how to smooth it and, for a guard, what its format costs.
 * @param workDir where there is room for one layer
 * @returns nothing where neither is asked for
 * @throws GuardError of the room that fails
 */
export async function calibrateModel(options: ObtainedOptions, workDir: string): Promise<Calibrated> {
  const { sourceDir, format, question, tokenizer, calibrationFile, calibrationRows } = options;
  const { threads, signal, progress } = options;
  const alpha = options.smoothingAlpha;
  // Nothing is rounded in floats that a manifest would report, and of a generator there is no verdict to compare.
  if (calibrationRows === 0 || format === "fp32" || format === "fp16") return {};
  if (question === null && alpha === null) return {};
  const checkpoint = await openCheckpoint(sourceDir);
  const adapter = await openAdapterFor(checkpoint, options.adapterDir);
  const rows = await firstRows(calibrationFile, calibrationRows);
  const asked = question === null ? chatPrompts(rows, tokenizer) : guardPrompts(rows, question, tokenizer);
  const prompts = fitting(asked, checkpoint.geometry.contextTokens);
  if (prompts.length < 2)
    throw new GuardError(
      "invalid_config",
      `${calibrationFile} holds no two conversations that fit the model's context`,
    );
  const { smoothing, agreement, tokens } = await calibrate({
    ...{ checkpoint, deltas: adapter?.deltas, format, prompts, threads, workDir, signal },
    ...(alpha === null ? { smooth: false } : { smooth: true, alpha }),
    verdict: question === null ? null : verdictTokens(tokenizer),
    onProgress: (done, total) => progress.update({ label: "Calibrating", done, total, unit: "tokens" }),
  });
  progress.finish();
  const set = { set: basename(calibrationFile), sha256: await hashFile(calibrationFile) };
  return {
    ...(smoothing === null ? {} : { smoothing }),
    calibrated: {
      smoothing: alpha === null ? null : { alpha },
      calibration: { ...set, prompts: prompts.length, tokens },
      agreement,
    },
  };
}

const fitting = (prompts: readonly CalibrationPrompt[], contextTokens: number): CalibrationPrompt[] =>
  prompts.filter(({ head, rest }) => head.length + rest.length <= contextTokens);

async function firstRows(file: string, count: number): Promise<LabelledRow[]> {
  const rows: LabelledRow[] = [];
  for await (const row of readLabelledRows([file])) {
    rows.push(row);
    if (rows.length === count) break;
  }
  return rows;
}
