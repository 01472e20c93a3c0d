import { GuardError } from "../base/index.js";
import type { ModelManifest, WeightFormat } from "../model/index.js";
import { choiceOption, textOption, type CommandInput, type CommandOption } from "./command.js";
import { PROMPT_TEMPLATE_NAMES } from "../policy/index.js";
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
    help: "conversations to smooth int8 with and to measure what int8 or int4 costs a guard; 128 for int8, else 0",
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
  refuseIdleFlags(input, task, format);
  return {
    ...{ task, format },
    id: textOption(input, "id") ?? defaults.id,
    template: readTemplate(textOption(input, "template") ?? defaults.template, task),
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

/** A flag that would do nothing was given by someone who expects something. */
function refuseIdleFlags(input: CommandInput, task: ModelManifest["task"], format: WeightFormat): void {
  const calibrate = textOption(input, "calibrate");
  const smooth = textOption(input, "smooth");
  const refuse = (sentence: string): never => {
    throw new GuardError("invalid_config", sentence);
  };
  if (smooth !== undefined && format !== "int8") refuse(`--smooth is for int8; ${format} needs none`);
  if (smooth !== undefined && smooth !== "off" && calibrate === "0")
    refuse("--smooth needs conversations: leave --calibrate 0 out");
  if (calibrate === undefined || calibrate === "0") return;
  if (format === "fp16" || format === "fp32")
    refuse(`--calibrate is for int8 and int4; ${format} rounds nothing`);
  if (task === "generator" && (format === "int4" || smooth === "off"))
    refuse(
      "--calibrate finds nothing out about a generator that is not smoothed: it gives no verdicts to compare",
    );
}

/** A model is asked as it was trained; there is one way to chat, and one to each generation of guards. */
const TEMPLATES = { guard: PROMPT_TEMPLATE_NAMES, generator: ["llama-3"] } as const;

function readTemplate(text: string | undefined, task: ModelManifest["task"]): string {
  const known: readonly string[] = TEMPLATES[task];
  const template = text ?? known[0]!;
  if (known.includes(template)) return template;
  throw new GuardError("invalid_config", `--template must be ${known.join(", ")} for a ${task}`);
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
