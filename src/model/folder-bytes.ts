import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Sum of the sizes of all files in a folder and below it, in bytes; links count for themselves. */
export async function folderBytes(dir: string): Promise<number> {
  let bytes = 0;
  for (const path of await readdir(dir, { recursive: true })) {
    const stat = await lstat(join(dir, path));
    if (!stat.isDirectory()) bytes += stat.size;
  }
  return bytes;
}
