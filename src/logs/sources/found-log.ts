import type { LogFault } from "../log-entry.js";
import { inputFault } from "../finish-conversation.js";
import { Unreadable } from "../unreadable.js";

/** An object of an S3 store. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

/** One log to be read, and what tells whether it is the same at another time. */
export interface FoundLog {
  readonly type: "log";
  readonly source: string;
  readonly at: { readonly path: string } | { readonly object: S3Object } | "stdin";
  /** Null where it is not known before it is read. */
  readonly bytes: number | null;
  /** When it was last changed, ISO 8601 with milliseconds, or its ETag. */
  readonly version: string | null;
}

export type Found = FoundLog | LogFault;

/** Names under which logs are looked for in folders. */
export const isLogName = (name: string): boolean =>
  /\.(jsonl|ndjson|json|csv|tsv|parquet)(\.gz|\.zst)?$/i.test(name);

/** What writers of logs leave beside them: `.DS_Store`, `_SUCCESS`. */
export const isHidden = (name: string): boolean => /^[._]/.test(name);

export const skipped = (source: string, why: string): LogFault =>
  inputFault(source, new Unreadable("skipped_file", why));

/** What a call of the system says, as a fault of the input. */
export function systemFault(source: string, error: unknown): LogFault {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR")
    return inputFault(source, new Unreadable("missing_file", "is not there"));
  return inputFault(
    source,
    new Unreadable("unreadable_file", `cannot be read: ${code ?? "no reason given"}`),
  );
}
