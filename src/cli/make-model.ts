import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { checkChatTemplate, convertCheckpoint, openWorkFolder } from "../convert/index.js";
import { ADAPTER_FILES, checkIdentity, type ModelManifest } from "../model/index.js";
import { templatePieces } from "../prompt/index.js";
import { calibrateModel } from "./calibrate-model.js";
import { companionsIn } from "./companions-in.js";
import { explainFault } from "./explain-fault.js";
import { guardQuestion } from "./guard-question.js";
import type { MakeModelOptions, ObtainedOptions } from "./make-model-options.js";
import { openServable } from "./open-servable.js";

/**
 * From a checkpoint to a model folder: finds out how to smooth the activations and what the format costs, then
 * converts.
 * @throws GuardError of the room that fails; then there is no folder
 */
export async function makeModel({ obtain, ...given }: MakeModelOptions): Promise<ModelManifest> {
  const outDir = resolve(given.outDir);
  try {
    checkIdentity(given);
    await requireInputs(given);
    await using work = await openWorkFolder(outDir);
    const { dir: sourceDir, revision } = await obtain();
    checkIdentity({ ...given, revision });
    const question = given.task === "guard" ? await guardQuestion(given.template) : null;
    const tokenizer = await openServable(sourceDir, question);
    const options = { ...given, outDir, sourceDir, revision, question, tokenizer };
    await warnOfOtherPrompt(options);
    const { taken, left } = await companionsIn(sourceDir);
    if (left.length > 0)
      options.progress.finish(
        `Warning: not copied along, being no plain file of a plain name: ${left.join(", ")}`,
      );
    const calibrated = await calibrateModel(options, work.dir);
    const manifest = await convertCheckpoint({
      ...options,
      ...calibrated,
      workDir: work.dir,
      head: options.task === "guard" ? "guard" : "full",
      companions: [...taken, ...(options.companions ?? [])],
      onProgress: (done, total) =>
        options.progress.update({ label: "Converting", done, total, unit: "bytes" }),
    });
    options.progress.finish();
    return manifest;
  } catch (error) {
    throw explainFault(error, outDir);
  }
}

/** Files that are needed late, asked for early. */
async function requireInputs({
  adapterDir,
  calibrationRows,
  calibrationFile,
}: Omit<MakeModelOptions, "obtain">) {
  const inputs = [
    ...(adapterDir === undefined ? [] : [["--adapter", join(adapterDir, ADAPTER_FILES.config)] as const]),
    ...(calibrationRows === 0 ? [] : [["--calibration-data", calibrationFile] as const]),
  ];
  for (const [flag, path] of inputs)
    if ((await stat(path).catch(() => null))?.isFile() !== true)
      throw new GuardError("invalid_config", `${flag}: there is no file ${path}`);
}

/** A guard asked in other words than it was trained with judges worse, and nothing else would show it. */
async function warnOfOtherPrompt({
  sourceDir,
  question,
  template,
  progress,
}: ObtainedOptions): Promise<void> {
  if (question === null) return;
  const finding = await checkChatTemplate(sourceDir, templatePieces(question.template));
  if (finding.kind !== "differs") return;
  progress.finish(
    `Warning: the checkpoint's own chat template lacks ${String(finding.missing.length)} fixed texts of ${template}, the first ` +
      `${JSON.stringify(finding.missing[0]!.slice(0, 60))}: name the one it was trained with in --template.`,
  );
}
