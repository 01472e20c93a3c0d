import { randomBytes } from "node:crypto";
import { copyFile, link, mkdir, rename, symlink } from "node:fs/promises";
import { dirname, relative } from "node:path";

/**
 * Makes a snapshot's file out of a blob, replacing what was there in one step: a relative link as other
 * programs make it; where the file system has none, a second name or, at worst, a copy.
 */
export async function placeInSnapshot(blob: string, path: string, linkTo = symlink): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomBytes(4).toString("hex")}.incomplete`;
  await linkTo(relative(dirname(path), blob), fresh)
    .catch(() => link(blob, fresh))
    .catch(() => copyFile(blob, fresh));
  await rename(fresh, path);
}
