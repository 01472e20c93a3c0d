import { GuardError } from "../base/index.js";
import type { ModelManifest, WeightFormat } from "../model/index.js";
import { choiceOption, textOption, type CommandInput, type CommandOption } from "./command.js";
import { CALIBRATION_FILE } from "./calibration-file.js";

/** Flags of every command that makes a model folder. */
export const MODEL_OPTIONS: Readonly<Record<string, CommandOption>> = {
  id: { type: "string", value: "ID", help: "name that callers see" },
  task: {
    type: "string",
    value: "TASK",
    help: "guard (scores what a verdict can say) or generator (everything)",
  },
  format: {
    type: "string",
    value: "FORMAT",
    help: "weights as int8 (a guard's default), int4 (a generator's), fp16 or fp32",
  },
  template: {
    type: "string",
    value: "NAME",
    help: "prompt template it was trained with; llama-guard-2 for a guard, llama-3 for a generator unless given",
  },
  adapter: { type: "string", value: "DIR", help: "LoRA adapter to merge into the weights" },
  calibrate: {
    type: "string",
    value: "N",
    help: "conversations to smooth int8 and to measure a guard's format with; 128 for int8, else 0; 0: do neither",
  },
  smooth: {
    type: "string",
    value: "ALPHA",
    help: "how much of the activations' unevenness weights take over in int8, 0 to 1, or off; 0.5 unless given",
  },
  "calibration-data": {
    type: "string",
    value: "FILE",
    help: "labelled conversations, JSONL; those of the package unless given",
  },
  notice: { type: "string", value: "TEXT", help: "what the model is, in one sentence that is shown with it" },
};

export interface ModelOptions {
  readonly id: string;
  readonly task: ModelManifest["task"];
  readonly format: WeightFormat;
  readonly template: string;
  readonly notice: string;
  readonly adapterDir: string | undefined;
  readonly calibrationRows: number;
  readonly calibrationFile: string;
  /** 0..1, or null for no smoothing. */
  readonly smoothingAlpha: number | null;
}

export interface ModelDefaults {
  readonly repository: string;
  readonly id: string;
  readonly task?: ModelManifest["task"];
  readonly template?: string;
  readonly notice?: string;
}

/** More would take hours at 8B on few cores, and peaks hardly move beyond. */
const SMOOTHING_ROWS = 128;
const MAX_CALIBRATION_ROWS = 10_000;

/** @throws GuardError `invalid_config` */
export function readModelOptions(input: CommandInput, defaults: ModelDefaults): ModelOptions {
  const task = choiceOption(
    input,
    "task",
    orderedBy<ModelManifest["task"]>(defaults.task ?? "guard", ["guard", "generator"]),
  );
  const usual = task === "guard" ? "int8" : "int4";
  const format = choiceOption(
    input,
    "format",
    orderedBy<WeightFormat>(usual, ["int8", "int4", "fp16", "fp32"]),
  );
  return {
    ...{ task, format },
    id: textOption(input, "id") ?? defaults.id,
    template:
      textOption(input, "template") ?? defaults.template ?? (task === "guard" ? "llama-guard-2" : "llama-3"),
    notice:
      textOption(input, "notice") ??
      defaults.notice ??
      `Converted from ${defaults.repository}. Built with Meta Llama 3.`,
    adapterDir: textOption(input, "adapter"),
    calibrationRows: readRows(textOption(input, "calibrate"), format === "int8"),
    calibrationFile: textOption(input, "calibration-data") ?? CALIBRATION_FILE,
    smoothingAlpha: format === "int8" ? readAlpha(textOption(input, "smooth")) : null,
  };
}

/** As in SmoothQuant; only models with far more outliers than Llama wanted more. */
const USUAL_ALPHA = 0.5;

function readAlpha(text: string | undefined): number | null {
  if (text === "off") return null;
  const alpha = text === undefined ? USUAL_ALPHA : Number(text);
  if (text !== "" && alpha >= 0 && alpha <= 1) return alpha;
  throw new GuardError("invalid_config", "--smooth must be off or a number from 0 to 1");
}

/** The same choices with the given one first, where the default is looked for. */
const orderedBy = <Choice extends string>(
  first: Choice,
  choices: readonly Choice[],
): [Choice, ...Choice[]] => [first, ...choices.filter((choice) => choice !== first)];

function readRows(text: string | undefined, smoothed: boolean): number {
  if (text === undefined) return smoothed ? SMOOTHING_ROWS : 0;
  const rows = Number(text);
  if (/^\d+$/.test(text) && rows !== 1 && rows <= MAX_CALIBRATION_ROWS) return rows;
  throw new GuardError(
    "invalid_config",
    `--calibrate must be 0 or from 2 to ${String(MAX_CALIBRATION_ROWS)}`,
  );
}
