import { GuardError } from "../base/index.js";
import { readS3Access } from "../config/index.js";
import type { LogOptions } from "../logs/index.js";
import { choiceOption, textOption, type CommandInput, type CommandOption } from "./command.js";

/** Flags of commands that read logs. */
export const LOG_SOURCE_OPTIONS = {
  format: { type: "string", value: "NAME", help: "format of the logs; looked at unless given" },
  map: {
    type: "string",
    value: "COLUMNS",
    help: "your own columns instead of a format, such as user=question,assistant=reply,id=cid",
  },
} as const satisfies Record<string, CommandOption>;

/** What of reading logs is a choice of whoever asks: another choice reads something else. */
export type LogChoice = Pick<LogOptions, "format" | "map">;

/** @throws GuardError `invalid_config` */
export async function logChoiceOf(input: CommandInput): Promise<LogChoice> {
  const { LOG_FORMATS, parseColumnMap } = await import("../logs/index.js"); // heavy, and other commands do without
  const map = textOption(input, "map");
  if (map === undefined) return { format: choiceOption(input, "format", ["auto", ...LOG_FORMATS]) };
  if (textOption(input, "format") !== undefined)
    throw new GuardError("invalid_config", "--map stands in place of --format: keep one of them");
  return { format: "mapped", map: parseColumnMap(map) };
}

/**
 * The ways to logs that are no files: the standard input, and S3 stores where there are credentials.
 * @throws GuardError `invalid_config` for an S3 address without credentials
 */
export async function logWaysOf(inputs: readonly string[]): Promise<Pick<LogOptions, "stdin" | "s3">> {
  const stdin = inputs.includes("-") ? { stdin: process.stdin } : {};
  if (!inputs.some((input) => input.startsWith("s3://"))) return stdin;
  const access = readS3Access();
  if (access === null)
    throw new GuardError(
      "invalid_config",
      "S3 addresses need credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as " +
        "`aws configure export-credentials --format env` prints them",
    );
  const { proxiedFetch } = await import("../hub/index.js");
  return { ...stdin, s3: { ...access, fetch: proxiedFetch() } };
}
