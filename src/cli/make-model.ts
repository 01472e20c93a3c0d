import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { GuardError, PACKAGE_ROOT } from "../base/index.js";
import { calibrate } from "../calibrate/index.js";
import {
  checkChatTemplate,
  convertCheckpoint,
  openAdapterFor,
  openCheckpoint,
  requireAbsent,
  type CalibrationRecord,
  type ConvertOptions,
  type LayerSmoothing,
} from "../convert/index.js";
import { readLabelledRows, type LabelledRow } from "../dataset/index.js";
import { hashFile, type ModelManifest } from "../model/index.js";
import { openPolicyRegistry } from "../policy/index.js";
import { readPromptTemplates, templatePieces } from "../prompt/index.js";
import { openTokenizer } from "../tokenizer/index.js";
import { calibrationPrompts, verdictTokens } from "./calibration-prompts.js";
import type { ProgressLine } from "./progress-line.js";

const POLICIES = join(PACKAGE_ROOT, "policies");

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
  const { task, calibrationRows, progress } = options;
  await requireAbsent(resolve(options.outDir));
  if (task === "guard") await warnOfOtherPrompt(options);
  const found = calibrationRows > 0 && task === "guard" ? await learn(options) : {};
  const manifest = await convertCheckpoint({
    ...options,
    ...found,
    head: task === "guard" ? "guard" : "full",
    companions: [...(await companionsIn(options.sourceDir)), ...(options.companions ?? [])],
    onProgress: (done, total) => progress.update({ label: "Converting", done, total, unit: "bytes" }),
  });
  progress.finish();
  return manifest;
}

/** A guard asked in other words than it was trained with judges worse, and nothing else would show it. */
async function warnOfOtherPrompt({ sourceDir, template, progress }: MakeModelOptions): Promise<void> {
  const question = await questionFor(template);
  const finding = await checkChatTemplate(sourceDir, templatePieces(question.template));
  if (finding.kind !== "differs") return;
  progress.finish(
    `Warning: the checkpoint's own chat template lacks ${String(finding.missing.length)} fixed texts of ${template}, the first ` +
      `${JSON.stringify(finding.missing[0]!.slice(0, 60))}: name the one it was trained with in --template.`,
  );
}

interface Learned {
  readonly smoothing?: readonly LayerSmoothing[];
  readonly calibrated?: CalibrationRecord;
}

async function learn(options: MakeModelOptions): Promise<Learned> {
  const { sourceDir, format, template, calibrationFile, calibrationRows, threads, signal, progress } =
    options;
  const alpha = options.smoothingAlpha;
  if (format === "fp32" || format === "fp16") return {}; // nothing is rounded that a manifest would report
  const checkpoint = await openCheckpoint(sourceDir);
  const adapter = await openAdapterFor(checkpoint, options.adapterDir);
  const tokenizer = await openTokenizer(join(sourceDir, "tokenizer.json"));
  const { contextTokens } = checkpoint.geometry;
  const question = { ...(await questionFor(template)), tokenizer, contextTokens };
  const prompts = calibrationPrompts(await firstRows(calibrationFile, calibrationRows), question);
  if (prompts.length < 2)
    throw new GuardError(
      "invalid_config",
      `${calibrationFile} holds no two conversations that fit the model's ${String(contextTokens)} tokens`,
    );
  // Beside the model to be, where there has to be room anyway, and named as remains if it stays behind.
  const outDir = resolve(options.outDir);
  const workDir = join(dirname(outDir), `.${basename(outDir)}-calibration.unfinished`);
  await rm(workDir, { recursive: true, force: true });
  try {
    const result = await calibrate({
      ...{ checkpoint, deltas: adapter?.deltas, format, prompts, threads, workDir, signal },
      ...(alpha === null ? { smooth: false } : { smooth: true, alpha }),
      verdict: verdictTokens(tokenizer),
      onProgress: (done, total) => progress.update({ label: "Calibrating", done, total, unit: "tokens" }),
    });
    progress.finish();
    const calibration = {
      set: basename(calibrationFile),
      sha256: await hashFile(calibrationFile),
      prompts: prompts.length,
      tokens: result.tokens,
    };
    const { agreement, smoothing } = result;
    return {
      ...(smoothing === null ? {} : { smoothing }),
      calibrated: { smoothing: alpha === null ? null : { alpha }, calibration, agreement },
    };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** A template's own policy bears its name. */
async function questionFor(template: string) {
  const templates = await readPromptTemplates();
  const policies = await openPolicyRegistry({ dir: POLICIES });
  try {
    const policy = policies.get(template);
    return { template: templates[policy.template], policy };
  } catch (cause) {
    const known = Object.keys(templates).join(", ");
    throw new GuardError("invalid_config", `--template must be one of ${known} for a guard`, { cause });
  } finally {
    await policies.close();
  }
}

async function firstRows(file: string, count: number): Promise<LabelledRow[]> {
  const rows: LabelledRow[] = [];
  for await (const row of readLabelledRows([file])) {
    rows.push(row);
    if (rows.length === count) break;
  }
  return rows;
}

async function companionsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${dir} is not a folder that can be read`, { cause });
  });
  return names.filter((name) => COMPANIONS.test(name)).map((name) => join(dir, name));
}
