import type { GuardError } from "../base/index.js";
import type { Report } from "./create-meter.js";

/** A file at the root of a repository. */
export interface RepositoryFile {
  readonly path: string;
  readonly bytes: number;
}

/** Where the files of one snapshot come from: a hub with the cache before it, or the cache alone. */
export interface Source<File extends RepositoryFile> {
  readonly commit: string;
  readonly files: readonly File[];
  /** The error to throw where a checkpoint needs a file that is not among them. */
  missing(path: string): GuardError;
  /** @throws GuardError `invalid_config` when the disk cannot take them all */
  makeRoomFor(files: readonly File[]): Promise<void>;
  /** Puts a checked file into the snapshot. @returns bytes that came over the network */
  obtain(file: File, report: Report): Promise<number>;
  /** To be called when all files are there. */
  conclude(): Promise<void>;
}
