import { resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { textOption, type CommandInput, type CommandOption } from "./command.js";
import { wholeNumberOption } from "./whole-number-option.js";

/** Flags that every evaluation has. */
export const EVAL_OPTIONS = {
  out: { type: "string", value: "DIR", help: "new or empty folder for the results" },
  policy: { type: "string", value: "ID", help: "judge by this policy instead of the default one" },
  seed: { type: "string", value: "N", help: "another number draws other rows and intervals; 1 unless given" },
  draws: {
    type: "string",
    value: "N",
    help: "samples drawn for the 95 % intervals; 1000 unless given",
  },
} as const satisfies Record<string, CommandOption>;

export interface EvalOptions {
  readonly out: string;
  readonly policyId: string | undefined;
  readonly seed: number;
  readonly draws: number;
}

/** @throws GuardError `invalid_config` */
export function readEvalOptions(input: CommandInput): EvalOptions {
  const out = textOption(input, "out");
  if (out === undefined || out === "")
    throw new GuardError("invalid_config", "name with --out the folder for the results");
  return {
    out: resolve(out),
    policyId: textOption(input, "policy"),
    seed: wholeNumberOption(input, "seed", { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, otherwise: 1 }),
    // Fewer say little of the ends of an interval.
    draws: wholeNumberOption(input, "draws", { minimum: 100, maximum: 100_000, otherwise: 1_000 }),
  };
}
