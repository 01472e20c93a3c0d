import { GuardError } from "../base/index.js";

/** @throws GuardError `unreadable_output` when a score is not finite */
export function finiteMax(logits: Float32Array): number {
  let highest = -Infinity;
  let zero = 0; // 0 times what is not finite is not a number: asked once, not for each of 128,256
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    zero += 0 * logit;
    if (logit > highest) highest = logit;
  }
  if (zero !== 0) throw new GuardError("unreadable_output", "the model's scores are not finite numbers");
  return highest;
}
