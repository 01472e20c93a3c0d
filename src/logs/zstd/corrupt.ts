import { Unreadable } from "../unreadable.js";

/** @throws Unreadable `decompression_failed`, always */
export function corrupt(what: string): never {
  throw new Unreadable("decompression_failed", `no whole zstd file: ${what}`);
}
