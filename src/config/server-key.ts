import { readFileSync } from "node:fs";
import { GuardError } from "../base/index.js";

/** Of a key; the longest tokens in use are some 4 KiB. */
const MAX_KEY_CHARS = 64 * 1024;
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * The key of a model server. It comes in a file because arguments and environments are seen by others.
 * @param path absolute
 * @throws GuardError `invalid_config`; its message never holds any of the key
 */
export function readServerKey(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new GuardError("invalid_config", `key file ${path} cannot be read`, { cause });
  }
  const key = text.trim();
  if (key.length <= MAX_KEY_CHARS && VISIBLE.test(key)) return key;
  throw new GuardError("invalid_config", `key file ${path} must hold one key and nothing else`);
}
