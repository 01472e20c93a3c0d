import type { Policy } from "../../policy/index.js";
import type { CalibratedPolicy } from "./calibrate-policy.js";

/**
 * The policy file that puts a fit to use: an overlay of `policy`, or of what that is an overlay of. Every threshold is
 * given, as none that was meant for other scores may stay in force unseen.
 * @param note how the numbers came about, for whoever opens the file
 */
export function overlayOf(
  id: string,
  policy: Policy,
  { calibration, thresholds }: CalibratedPolicy,
  note: string,
): object {
  return {
    $schema: "./overlay.schema.json",
    id,
    version: "1.0.0",
    title: `${policy.title.slice(0, 100)}, calibrated`,
    note,
    extends: policy.extends ?? policy.id,
    calibration,
    categories: policy.categories.map(({ code, rules }) => ({
      code,
      threshold: thresholds.get(code),
      // Those of a policy that is extended hold anyway; those of another overlay have to be said again.
      ...(policy.extends !== undefined && {
        roles: { user: { action: rules.user.action }, assistant: { action: rules.assistant.action } },
      }),
    })),
  };
}
