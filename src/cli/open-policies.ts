import { GuardError } from "../base/index.js";
import type { Config } from "../config/index.js";
import { openPolicyRegistry, type Policy, type PolicyRegistry } from "../policy/index.js";
import { logPolicyFault } from "./log-policy-fault.js";
import type { Log } from "./log.js";

export interface ServedPolicies {
  readonly policies: PolicyRegistry;
  /** As it was at the start. */
  readonly defaultPolicy: Policy;
  close(): Promise<void>;
}

/**
 * Policies by the settings, watched from now on.
 * @throws GuardError `invalid_config` naming the policies there are when the default is none of them, and
 *   whatever is wrong with the folder
 */
export async function openPolicies(
  { policiesDir, defaultPolicy }: Pick<Config, "policiesDir" | "defaultPolicy">,
  { log, onChange }: { readonly log: Log; readonly onChange: () => void },
): Promise<ServedPolicies> {
  const policies = await openPolicyRegistry({
    dir: policiesDir,
    required: [defaultPolicy],
    onChange(served) {
      log("info", "policies changed", { served: served.map(({ id }) => id).join(" ") });
      onChange();
    },
    onFault: (fault) => logPolicyFault(log, policiesDir, fault),
  });
  const close = (): Promise<void> => policies.close();
  try {
    return { policies, defaultPolicy: policies.get(defaultPolicy), close };
  } catch (cause) {
    await close();
    const known = policies.list().map(({ id }) => id);
    throw new GuardError("invalid_config", `PORTCULLIS_DEFAULT_POLICY must be one of ${known.join(", ")}`, {
      cause,
    });
  }
}
