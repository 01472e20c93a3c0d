import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../base/index.js";

/** Files whose terms travel with the weights: Meta's licence asks for it. */
const COMPANION = /^(licen[cs]e|notice|use_policy)/i;
/** What a manifest can hold, and every system store. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;
/** Licences have some 10 KB; what is far larger is none. */
const MAX_BYTES = 1024 * 1024;

/**
 * Licences, notices and terms of use in a checkpoint's folder.
 * @returns paths of those to copy along, and how many characters aside the names of those that cannot be
 * @throws GuardError `invalid_config` when there is no such folder
 */
export async function companionsIn(dir: string): Promise<{ taken: string[]; left: string[] }> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${dir} is not a folder that can be read`, { cause });
  });
  const [taken, left]: [string[], string[]] = [[], []];
  for (const name of names.filter((one) => COMPANION.test(one)).sort()) {
    const found = await stat(join(dir, name)).catch(() => null); // through links: the hub's cache is made of them
    const usable = PLAIN_NAME.test(name) && found?.isFile() === true && found.size <= MAX_BYTES;
    if (usable) taken.push(join(dir, name));
    else left.push(JSON.stringify(name));
  }
  return { taken, left };
}
