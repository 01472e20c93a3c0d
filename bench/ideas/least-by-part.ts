import { partOf, type KernelTime } from "../limits/kernel-times.js";
import type { OperatorTimes } from "./graph-messages.js";

/**
 * Each operator's least time over all runs, added up by part: what a run would take if nothing ever came in between. It
 * says more than wall time on a machine that others use.
 */
export function leastByPart(kernels: readonly KernelTime[]): OperatorTimes {
  const least = new Map<string, KernelTime>();
  for (const kernel of kernels) {
    const known = least.get(kernel.name);
    if (known === undefined || kernel.ms < known.ms) least.set(kernel.name, kernel);
  }
  const ms = { qkv: 0, attention: 0, "attention out": 0, "gate and up": 0, down: 0, elementwise: 0 };
  for (const kernel of least.values()) ms[partOf(kernel)] += kernel.ms;
  return ms;
}
