import type { CalibrationPrompt } from "./calibration-options.js";

/** What follows one head, as token ids. */
export interface HeadGroup {
  readonly head: readonly number[];
  readonly measured: (readonly number[])[];
  /** Only probed; none where the measured prompts have to serve for both. */
  readonly others: (readonly number[])[];
}

/** @param heldOut share of the prompts to measure, spread evenly: prompts often come sorted by their subject */
export function groupByHead(prompts: readonly CalibrationPrompt[], heldOut: number): HeadGroup[] {
  const groups = new Map<string, HeadGroup>();
  const share = heldOut === 0 || prompts.length === 1 ? 1 : heldOut;
  for (const [index, { head, rest }] of prompts.entries()) {
    const key = head.join();
    const group = groups.get(key) ?? { head, measured: [], others: [] };
    groups.set(key, group);
    const isMeasured = Math.ceil((index + 1) * share) > Math.ceil(index * share);
    (isMeasured ? group.measured : group.others).push(rest);
  }
  return [...groups.values()];
}
