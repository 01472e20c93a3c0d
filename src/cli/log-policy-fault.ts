import { describeFileFaults, type PolicyFileFault } from "../policy/index.js";
import type { Log } from "./log.js";

/**
 * A broken policy file, or the folder itself, as a log line.
 *
 * @param dir the folder of policies; a fault of it as a whole names no file
 */
export function logPolicyFault(log: Log, dir: string, { file, faults }: PolicyFileFault): void {
  log("error", "policy not usable", { faults: describeFileFaults([{ file: file || dir, faults }]) });
}
