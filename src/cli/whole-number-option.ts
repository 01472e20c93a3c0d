import { GuardError } from "../base/index.js";
import { textOption, type CommandInput } from "./command.js";

/**
 * The value of a flag that takes a whole number from `minimum` to `maximum`; `otherwise` when it was not given.
 * @throws GuardError `invalid_config`
 */
export function wholeNumberOption<Otherwise extends number | null>(
  input: CommandInput,
  name: string,
  { minimum, maximum, otherwise }: { minimum: number; maximum: number; otherwise: Otherwise },
): number | Otherwise {
  const text = textOption(input, name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new GuardError(
    "invalid_config",
    `--${name} must be a whole number from ${String(minimum)} to ${String(maximum)}`,
  );
}
