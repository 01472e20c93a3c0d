import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GuardError } from "../base/index.js";
import {
  checkChatTemplate,
  convertCheckpoint,
  requireAbsent,
  type ConvertOptions,
} from "../convert/index.js";
import type { ModelManifest } from "../model/index.js";
import { templatePieces } from "../prompt/index.js";
import { calibrateModel } from "./calibrate-model.js";
import { guardQuestion } from "./guard-question.js";
import type { ProgressLine } from "./progress-line.js";

/** Files whose terms travel with the weights: Meta's licence asks for it. */
const COMPANIONS = /^(licen[cs]e|notice|use_policy)/i;

export interface MakeModelOptions extends Omit<
  ConvertOptions,
  "head" | "smoothing" | "calibrated" | "onProgress"
> {
  /** Conversations to calibrate with; 0 for none. */
  readonly calibrationRows: number;
  readonly calibrationFile: string;
  /** How much of the activations' unevenness the weights take over, 0..1; null for no smoothing. */
  readonly smoothingAlpha: number | null;
  readonly threads: number;
  readonly progress: ProgressLine;
}

/**
 * From a checkpoint to a model folder: finds out how to smooth the activations and what the format costs, then
 * converts.
 * @throws GuardError of the room that fails; then there is no folder
 */
export async function makeModel(options: MakeModelOptions): Promise<ModelManifest> {
  const { task, progress } = options;
  await requireAbsent(resolve(options.outDir));
  if (task === "guard") await warnOfOtherPrompt(options);
  const manifest = await convertCheckpoint({
    ...options,
    ...(await calibrateModel(options)),
    head: task === "guard" ? "guard" : "full",
    companions: [...(await companionsIn(options.sourceDir)), ...(options.companions ?? [])],
    onProgress: (done, total) => progress.update({ label: "Converting", done, total, unit: "bytes" }),
  });
  progress.finish();
  return manifest;
}

/** A guard asked in other words than it was trained with judges worse, and nothing else would show it. */
async function warnOfOtherPrompt({ sourceDir, template, progress }: MakeModelOptions): Promise<void> {
  const question = await guardQuestion(template);
  const finding = await checkChatTemplate(sourceDir, templatePieces(question.template));
  if (finding.kind !== "differs") return;
  progress.finish(
    `Warning: the checkpoint's own chat template lacks ${String(finding.missing.length)} fixed texts of ${template}, the first ` +
      `${JSON.stringify(finding.missing[0]!.slice(0, 60))}: name the one it was trained with in --template.`,
  );
}

async function companionsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${dir} is not a folder that can be read`, { cause });
  });
  return names.filter((name) => COMPANIONS.test(name)).map((name) => join(dir, name));
}
