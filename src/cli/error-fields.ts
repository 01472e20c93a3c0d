import { GuardError } from "../base/index.js";
import type { LogFields } from "./log.js";

/**
 * What a log may know of an error: our own sentences, and for anything else the name and the places in the
 * code. Messages of other errors may quote what a caller wrote, as those of JSON.parse do.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause === undefined ? {} : { cause: describe(error.cause) };
  return error instanceof GuardError
    ? { error: error.code, message: error.message, ...cause }
    : { error: error.name, at: placesIn(error), ...cause };
}

const describe = (error: unknown): string =>
  error instanceof GuardError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? `${error.name} ${placesIn(error)}`.trim()
      : typeof error;

/** Frames of the stack. The message goes first, as a whole: its own lines may look like frames. */
function placesIn({ stack = "", message }: Error): string {
  const frames = stack.replace(message, "").split("\n");
  return frames.flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : [])).join(" ");
}
