import { GuardError } from "../base/index.js";
import type { FlagValues, SettingGroup } from "../config/index.js";

/** A flag of one command; flags of settings come from the list of settings instead. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  /** How the value reads in help, such as `FILE`; only for `string`. */
  readonly value?: string;
  readonly help: string;
}

export interface CommandInput {
  /** Arguments that are not flags. */
  readonly positionals: readonly string[];
  /** Values of the command's own flags. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** Values of settings, by setting name. */
  readonly settings: FlagValues;
}

export interface Command {
  /** One or two words, as typed: `policy check`. */
  readonly name: string;
  /** Arguments after the name, as help shows them. */
  readonly usage: string;
  readonly summary: string;
  /** More paragraphs for the command's own help. */
  readonly details?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Settings that the command accepts as flags. */
  readonly settingGroups: readonly SettingGroup[];
  /** @returns exit code */
  run(input: CommandInput): Promise<number>;
}

/** The value of a `string` flag. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * The value of a `string` flag with a closed set of values; the first is the default.
 *
 * @throws GuardError `invalid_config`
 */
export function choiceOption<Choice extends string>(
  input: CommandInput,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = textOption(input, name) ?? choices[0];
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined)
    throw new GuardError("invalid_config", `--${name} must be ${choices.join(" or ")}`);
  return chosen;
}

/**
 * The value of a `string` flag that is a whole number; null when it was not given.
 *
 * @throws GuardError `invalid_config`
 */
export function wholeNumberOption(
  input: CommandInput,
  name: string,
  minimum: number,
  maximum: number,
): number | null {
  const text = textOption(input, name);
  if (text === undefined) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new GuardError(
    "invalid_config",
    `--${name} must be a whole number from ${String(minimum)} to ${String(maximum)}`,
  );
}
