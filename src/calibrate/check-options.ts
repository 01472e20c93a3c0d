import { GuardError } from "../base/index.js";
import type { CalibrationOptions } from "./calibration-options.js";
import type { RunPlan } from "./plan-runs.js";

/** Of one stream: 131,072 tokens of an 8B model. Peaks hardly move after a tenth of that, and memory is finite. */
const MAX_STREAM_BYTES = 2 * 2 ** 30;

type Complete = CalibrationOptions & Required<Pick<CalibrationOptions, "alpha" | "heldOut">>;

/** @throws GuardError `invalid_config`, or `too_large` when a prompt exceeds the model's context */
export function checkOptions({ checkpoint, prompts, alpha, heldOut }: Complete): void {
  if (!(alpha >= 0 && alpha <= 1)) throw invalid("alpha has to lie between 0 and 1");
  if (!(heldOut >= 0 && heldOut <= 0.5)) throw invalid("the held out share has to lie between 0 and 0.5");
  if (prompts.length === 0) throw invalid("there are no prompts to calibrate with; give some");
  const { contextTokens } = checkpoint.geometry;
  for (const { head, rest } of prompts) {
    if (rest.length === 0) throw invalid("a calibration prompt has no tokens behind its head; leave it out");
    const tokens = head.length + rest.length;
    if (tokens > contextTokens)
      throw new GuardError(
        "too_large",
        `a calibration prompt has ${String(tokens)} tokens and the model's context ${String(contextTokens)}; shorten it`,
      );
  }
}

/** @throws GuardError `invalid_config` for ids of another vocabulary, `too_large` for more tokens than memory is meant for */
export function checkPlan(
  { tokens }: Pick<RunPlan, "tokens">,
  { checkpoint, verdict }: Pick<CalibrationOptions, "checkpoint" | "verdict">,
): void {
  const { vocabSize, hiddenSize } = checkpoint.geometry;
  const words = verdict === null ? [] : [verdict.safe, verdict.unsafe];
  if ([...tokens, ...words].some((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize))
    throw invalid("calibration prompts hold ids outside the model's vocabulary; use its own tokenizer");
  const most = Math.floor(MAX_STREAM_BYTES / 4 / hiddenSize);
  if (tokens.length > most)
    throw new GuardError(
      "too_large",
      `calibration prompts have ${String(tokens.length)} tokens, at most ${String(most)} fit; use fewer prompts`,
    );
}

const invalid = (message: string): GuardError => new GuardError("invalid_config", message);
