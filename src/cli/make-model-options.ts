import type { ConvertOptions } from "../convert/index.js";
import type { Tokenizer } from "../tokenizer/index.js";
import type { GuardQuestion } from "./guard-question.js";
import type { ProgressLine } from "./progress-line.js";

export interface MakeModelOptions extends Omit<
  ConvertOptions,
  "head" | "smoothing" | "calibrated" | "onProgress" | "workDir" | "sourceDir"
> {
  /** Brings the checkpoint, once the place of the model is claimed and everything asked for can be done. */
  readonly obtain: () => Promise<{ readonly dir: string; readonly revision: string }>;
  /** Conversations to calibrate with; 0 for none. */
  readonly calibrationRows: number;
  readonly calibrationFile: string;
  /** How much of the activations' unevenness the weights take over, 0..1; null for no smoothing. */
  readonly smoothingAlpha: number | null;
  readonly threads: number;
  readonly progress: ProgressLine;
}

/** The same with the checkpoint at hand. */
export interface ObtainedOptions extends Omit<MakeModelOptions, "obtain"> {
  readonly sourceDir: string;
  readonly tokenizer: Tokenizer;
  /** Null for a generator. */
  readonly question: GuardQuestion | null;
}
