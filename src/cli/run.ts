import { parseArgs } from "node:util";
import { GuardError, packageVersion } from "../base/index.js";
import { printable } from "../model/index.js";
import { SETTINGS, SETTING_NAMES, flagName } from "../config/index.js";
import type { Command, CommandInput } from "./command.js";
import { COMMANDS } from "./commands.js";
import { EXIT_CODE, exitCodeOf } from "./exit-code.js";
import { commandHelp, programHelp } from "./help.js";

/**
 * Runs one command. An error becomes one line on stderr; its cause is for logs, not for people.
 *
 * @param argv without the program
 * @returns exit code
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    const line = error instanceof GuardError ? error.message : `internal error: ${String(error)}`;
    process.stderr.write(`portcullis: ${printable(line)}\n`); // names of files and folders are others' choice
    return exitCodeOf(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [first] = argv;
  if (first === undefined || first === "--help" || first === "-h" || first === "help")
    return print(programHelp(COMMANDS), first === undefined ? EXIT_CODE.usage : EXIT_CODE.ok);
  if (first === "--version") return print(`portcullis ${packageVersion()}`, EXIT_CODE.ok);

  const command = commandFor(argv);
  if (command === undefined) {
    const family = COMMANDS.filter(({ name }) => name.startsWith(`${first} `)).map(
      ({ name }) => `\`${name}\``,
    );
    throw new GuardError(
      "invalid_config",
      family.length === 0
        ? "no such command; `portcullis --help` lists them all"
        : `${first} goes on: ${family.join(" or ")}`,
    );
  }
  const rest = argv.slice(command.name.split(" ").length);
  if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command), EXIT_CODE.ok);
  return command.run(parse(command, rest));
}

/** Of `models` and `models verify`, the one that says more of what was typed. */
const commandFor = (argv: readonly string[]): Command | undefined =>
  COMMANDS.filter(({ name }) => name.split(" ").every((word, at) => argv[at] === word))
    .sort((one, other) => other.name.length - one.name.length)
    .at(0);

function parse(command: Command, args: readonly string[]): CommandInput {
  const settingNames = SETTING_NAMES.filter((name) => command.settingGroups.includes(SETTINGS[name].group));
  const options = Object.fromEntries([
    ...Object.entries(command.options).map(([name, { type }]) => [name, { type }] as const),
    ...settingNames.map((name) => [flagName(name), { type: "string" as const }] as const),
  ]);
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const settings = settingNames.map((name) => [name, values[flagName(name)] as string | undefined]);
    const own = Object.keys(command.options).map((name) => [name, values[name]]);
    return {
      positionals,
      options: Object.fromEntries(own) as CommandInput["options"],
      settings: Object.fromEntries(settings) as CommandInput["settings"],
    };
  } catch (cause) {
    // Node's own sentences name the flag at fault and say what is allowed; its advice goes on for lines.
    const [sentence] = (cause as Error).message.split(/\. To specify|\.?\n/);
    throw new GuardError("invalid_config", sentence!, { cause });
  }
}

function print(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}
