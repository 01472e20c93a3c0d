import type { EngineInfo } from "../engine/index.js";
import type { Policy } from "../policy/index.js";
import type { Log } from "./log.js";

/** Says which policies do not fit the model: verdicts come all the same, and mean less. */
export function logMisfits(
  log: Log,
  { template, modelSha256 }: Pick<EngineInfo, "template" | "modelSha256">,
  policies: readonly Policy[],
  defaultPolicy: string,
): void {
  for (const policy of policies) {
    // Of the others, some are there for other models.
    if (policy.id === defaultPolicy && policy.template !== template)
      log("warn", "the model was trained with another prompt", { policy: policy.template, model: template });
    if (policy.calibration !== undefined && policy.calibration.model !== modelSha256)
      log("warn", "the policy was calibrated on another model", { policy: policy.id });
  }
}
