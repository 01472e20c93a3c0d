import { GuardError } from "../base/index.js";

/**
 * A full disk in words, whether the file system or the database met it; anything else passes.
 * @param dir what the run is written to
 */
export function diskFault(error: unknown, dir: string): unknown {
  if (error instanceof GuardError) return error;
  const { code, message = "" } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const isFull =
    code === "ENOSPC" || code === "EDQUOT" || /No space left on device|quota exceeded/i.test(message);
  if (!isFull) return error;
  return new GuardError(
    "invalid_config",
    `there is no room left on the disk of ${dir}; what is judged is kept: make room, and the same command goes on`,
    { cause: error },
  );
}
