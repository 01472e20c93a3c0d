import { availableParallelism } from "node:os";

/** Cores this process may use, within what settings allow. */
export const CORES = Math.min(availableParallelism(), 1024);
