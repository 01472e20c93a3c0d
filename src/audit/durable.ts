import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Puts a whole file in place: `write` fills another one beside it, which takes the name only when the disk has it. Who
 * looks sees the file before or the file after, also when the machine loses power in between.
 * @param write fills the file at the path that it is given
 */
export async function putInPlace(path: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.unfinished`);
  await rm(unfinished, { force: true });
  await write(unfinished);
  await sync(unfinished);
  await rename(unfinished, path);
  await sync(dirname(path));
}

/** Waits until the disk has a file, or the names in a folder. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
