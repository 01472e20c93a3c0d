import { GuardError } from "../base/index.js";
import type { Policy, PolicyRegistry } from "../policy/index.js";

/**
 * The policy that the field `policy` of a request names.
 *
 * @param code of the error when there is none
 */
export function policyNamed(
  id: string,
  policies: Pick<PolicyRegistry, "get">,
  code: "policy_not_found" | "invalid_request",
): Policy {
  try {
    return policies.get(id);
  } catch (cause) {
    if (cause instanceof GuardError && cause.code === "policy_not_found")
      throw new GuardError(code, cause.message, { pointer: "/policy", cause });
    throw cause;
  }
}
