import { GuardError } from "../base/index.js";

/** What the file system says of a disk that is full or not ours, in words; anything else passes. */
export function explainFault(error: unknown, place: string): unknown {
  const { syscall, code, path } = error as NodeJS.ErrnoException;
  if (error instanceof GuardError || syscall === undefined) return error;
  const advice =
    code === "ENOSPC" || code === "EDQUOT"
      ? "there is no room left on that disk"
      : "choose a place that can be used";
  return new GuardError(
    "invalid_config",
    `${path ?? place}: ${syscall} failed (${String(code)}); ${advice}`,
    {
      cause: error,
    },
  );
}
