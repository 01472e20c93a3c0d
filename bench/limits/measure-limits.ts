import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ModelGeometry } from "../../model/index.js";
import type { StepSize } from "./graph-feeds.js";
import type { LayerPart } from "./operations.js";
import type { PartTimes } from "./profile-parts.js";

/** What the machine reaches at best, and one step of a guard beside it. */
export interface Limits extends PartTimes {
  /** Operations of the best matrix product, two for each multiplication. */
  readonly int8PerSecond: number;
  readonly fp32PerSecond: number;
  /** Read and written, by memcpy in every thread. */
  readonly copyBytesPerSecond: number;
  /** Read, by a product of one row with a matrix that no cache holds. */
  readonly readBytesPerSecond: number;
  readonly operations: Readonly<Record<LayerPart, number>>;
  readonly bytes: Readonly<Record<LayerPart, number>>;
  readonly geometry: ModelGeometry;
}

export interface LimitsOptions {
  readonly modelDir: string;
  readonly threads: number;
  readonly size: StepSize;
}

const PROCESS = fileURLToPath(new URL("./limits-process.js", import.meta.url));

/** In a process of its own, since the runtime must not live in this one. */
export async function measureLimits(options: LimitsOptions): Promise<Limits> {
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, JSON.stringify(options)], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Limits;
}
