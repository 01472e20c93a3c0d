import { GuardError } from "../base/index.js";

/** @throws GuardError `unreadable_output` when a score is not finite */
export function finiteMax(logits: Float32Array): number {
  let highest = -Infinity;
  for (const logit of logits) {
    if (!Number.isFinite(logit))
      throw new GuardError("unreadable_output", "the model's scores are not finite numbers");
    if (logit > highest) highest = logit;
  }
  return highest;
}
