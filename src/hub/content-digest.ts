import { createHash, type Hash } from "node:crypto";

/** What the content of a file hashes to. Its hex is also the name of the file's blob in the cache. */
export interface ContentDigest {
  /** Large files have a plain SHA-256, those that Git holds itself the SHA-1 of a Git blob. */
  readonly algorithm: "sha256" | "git-sha1";
  /** Lower case, 64 or 40 digits. */
  readonly hex: string;
}

/** The digest that a blob's name stands for; null where it stands for none. */
export function digestNamed(name: string): ContentDigest | null {
  if (/^[0-9a-f]{64}$/.test(name)) return { algorithm: "sha256", hex: name };
  if (/^[0-9a-f]{40}$/.test(name)) return { algorithm: "git-sha1", hex: name };
  return null;
}

/** @param bytes size of the whole content, which Git hashes along */
export const startHash = ({ algorithm }: ContentDigest, bytes: number): Hash =>
  algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${String(bytes)}\0`);

/** What is read of a file at once: weights are larger than memory. */
export const CHUNK_BYTES = 1024 * 1024;
