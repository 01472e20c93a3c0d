import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { GuardError } from "../base/index.js";

/**
 * Opens a file of a model to read. Links are followed: hub caches are made of them. A pipe, a folder or a device in
 * its place is refused, and nobody waits for the other end of a pipe.
 * @param remedy what to do about a file that is not as it should be
 * @throws GuardError `bad_model_file`; its cause is the system's error where the file cannot be opened
 */
export async function openPlainFile(path: string, remedy: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new GuardError("bad_model_file", `${path} cannot be read; ${remedy}`, { cause });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new GuardError("bad_model_file", `${path} is not a file; ${remedy}`);
}

/**
 * All of a small file.
 * @throws GuardError `bad_model_file` as above, and when it has more than `maxBytes`
 */
export async function readPlainFile(path: string, maxBytes: number, remedy: string): Promise<Buffer> {
  await using handle = await openPlainFile(path, remedy);
  const { size } = await handle.stat();
  if (size <= maxBytes) return await handle.readFile(); // awaited: the handle closes as this returns
  throw new GuardError(
    "bad_model_file",
    `${path} has ${String(size)} bytes, more than ${String(maxBytes)}; ${remedy}`,
  );
}
