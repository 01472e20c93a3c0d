import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { compareVerdicts } from "./agreement.js";
import type { CalibrationOptions, CalibrationResult } from "./calibration-options.js";
import { checkOptions, checkPlan } from "./check-options.js";
import { embedTokens } from "./embed-tokens.js";
import { startLayerProcess, type LayerProcess } from "./layer-process.js";
import { passLayer, type LayerResult } from "./pass-layer.js";
import { planRuns, type RunPlan } from "./plan-runs.js";
import { readVerdicts } from "./read-verdicts.js";

const DEFAULTS = {
  alpha: 0.5, // as in SmoothQuant; only models with far more outliers than Llama wanted more
  heldOut: 0.25,
};

/**
 * Finds how to smooth the activations of a model, and what a format costs it. Two streams of hidden states go
 * through the layers: an exact one, whose activations are measured, and one through every layer as the format
 * has it, smoothing included. No more than one layer is in memory, or on disk, at a time.
 * @throws GuardError `invalid_config` or `too_large` for options that cannot work, `bad_model_file`,
 * `engine_unavailable` when the process that runs layers ends, `canceled` by the signal
 */
export async function calibrate(given: CalibrationOptions): Promise<CalibrationResult> {
  const options = { ...DEFAULTS, ...given };
  checkOptions(options);
  const { checkpoint, prompts, heldOut, smooth, workDir, signal } = options;
  const plan = planRuns(prompts, heldOut, smooth);
  checkPlan(plan, options);
  await mkdir(workDir, { recursive: true });
  const folder = await mkdtemp(join(workDir, "calibration-"));
  try {
    using layerProcess = startLayerProcess(signal, countTokens(options, plan));
    await embedTokens(layerProcess, checkpoint, plan, options.threads);
    const layers: LayerResult[] = [];
    for (let layer = 0; layer < checkpoint.geometry.layers; layer++)
      layers.push(await passLayer(layerProcess, { ...options, layer, folder }));
    return {
      smoothing: smooth ? layers.map(({ smoothing }) => smoothing!) : null,
      agreement: await agreementOf(layerProcess, options),
      layers: layers.map(({ hiddenError }) => ({ hiddenError })),
      tokens: plan.tokens.length,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Both streams take every token of theirs through every layer. */
function countTokens(
  { checkpoint, onProgress }: CalibrationOptions,
  { tokens, measured }: RunPlan,
): (ran: number) => void {
  const total = (tokens.length + measured.to) * checkpoint.geometry.layers;
  let done = 0;
  return (ran) => onProgress?.((done += ran), total);
}

async function agreementOf(
  layerProcess: LayerProcess,
  { checkpoint, verdict }: CalibrationOptions,
): Promise<CalibrationResult["agreement"]> {
  if (verdict === null) return null;
  const { exact, rounded } = await layerProcess.ask({ kind: "last" });
  return compareVerdicts(
    readVerdicts(checkpoint, verdict, exact),
    readVerdicts(checkpoint, verdict, rounded),
  );
}
