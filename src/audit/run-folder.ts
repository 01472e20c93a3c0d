import { join } from "node:path";

/** Where everything of a run lies. Paths in manifests are relative to the run's folder and use `/`. */
export const RUN_FILES = Object.freeze({
  manifest: "run.json",
  verdicts: "verdicts",
  faults: "faults.parquet",
  /** Only while the run is not finished. */
  journal: "journal",
  /** Stays, and is empty. */
  lock: ".lock",
});

const numbered = (index: number): string => String(index).padStart(6, "0");

/** @param chunk index of the chunk, from 0 */
export const partPath = (chunk: number): string => `${RUN_FILES.verdicts}/part-${numbered(chunk)}.parquet`;

/** Faults of a chunk, until all of them become one file. */
export const faultsPartPath = (chunk: number): string =>
  `${RUN_FILES.journal}/faults-${numbered(chunk)}.parquet`;

export const inRun = (dir: string, path: string): string => join(dir, ...path.split("/"));
