import { mkdir, statfs } from "node:fs/promises";
import { GuardError } from "../base/index.js";

/**
 * @param dir made where it is missing
 * @throws GuardError `invalid_config` saying how much is missing, and where
 */
export async function requireDiskSpace(dir: string, bytes: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (bytes > free)
    throw new GuardError(
      "invalid_config",
      `${gigabytes(bytes - free)} more must be free on the disk of ${dir} (${gigabytes(bytes)} are to come, ` +
        `${gigabytes(free)} are free): make room, or name a folder elsewhere in HF_HUB_CACHE`,
    );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
