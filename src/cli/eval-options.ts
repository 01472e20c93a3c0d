import { resolve } from "node:path";
import { GuardError } from "../base/index.js";
import { textOption, wholeNumberOption, type CommandInput, type CommandOption } from "./command.js";

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
    seed: wholeNumberOption(input, "seed", 0, Number.MAX_SAFE_INTEGER) ?? 1,
    draws: wholeNumberOption(input, "draws", 100, 100_000) ?? 1_000, // fewer say little of the ends of an interval
  };
}
