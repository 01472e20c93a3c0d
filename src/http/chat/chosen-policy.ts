import { GuardError } from "../../base/index.js";
import type { Policy } from "../../policy/index.js";
import type { HttpRequest } from "../locals.js";
import type { HttpOptions } from "../options.js";
import { policyNamed } from "../policy-named.js";

/**
 * The policy that body or header name; clients that cannot add fields can add headers.
 * @throws GuardError `invalid_request` when they differ, `policy_not_found`
 */
export function chosenPolicy(
  req: HttpRequest,
  inBody: string | undefined,
  { policies, defaultPolicy }: Pick<HttpOptions, "policies" | "defaultPolicy">,
): Policy {
  const inHeader = req.get("x-portcullis-policy");
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader)
    throw new GuardError("invalid_request", "/policy: x-portcullis-policy names another policy", {
      pointer: "/policy",
    });
  return policyNamed(inBody ?? inHeader ?? defaultPolicy, policies, "policy_not_found");
}
