import type { Readable } from "node:stream";
import type { ColumnMap } from "./column-map.js";
import type { LogFormat } from "./log-entry.js";
import { LOG_LIMITS } from "./limits.js";

/** How objects of an S3 store are reached; `config/` reads it from the environment. */
export interface S3Access {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** Origin of a store other than Amazon's, such as `http://127.0.0.1:9000`. */
  readonly endpoint?: string;
  readonly fetch?: typeof fetch;
}

export interface LogOptions {
  /** Shape of the records; `auto` looks at each. */
  readonly format?: LogFormat | "auto";
  /** One's own columns; instead of a format. */
  readonly map?: ColumnMap;
  /** Folder for what does not fit into memory; made when it is needed, and left empty. */
  readonly spillDir: string;
  /** Ends the reading with its reason, with the next piece of a file. */
  readonly signal?: AbortSignal;
  /** What `-` names. */
  readonly stdin?: Readable;
  readonly s3?: S3Access;
  /** Of one record; a longer one becomes a fault. */
  readonly maxLineBytes?: number;
  /** MiB for tables and for gathering, each; what exceeds it goes to the spill folder. */
  readonly memoryMib?: number;
}

export const LOG_DEFAULTS = Object.freeze({
  format: "auto" as const,
  maxLineBytes: LOG_LIMITS.maxLineBytes,
  memoryMib: 256, // lines of 8 MiB need 64 MiB to be unpacked, and sorting wants the rest
});
