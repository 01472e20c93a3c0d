import { GuardError } from "../base/index.js";
import type { Settings } from "../config/index.js";
import { openPolicyRegistry, type Policy } from "../policy/index.js";

/**
 * Policies by their ids, as they are now: files that change while a command runs do not change them.
 * @param ids with commas between; undefined for the default policy
 * @throws GuardError `invalid_config` for a repeated one, `policy_not_found`
 */
export async function policiesNamed(
  ids: string | undefined,
  { policiesDir, defaultPolicy }: Pick<Settings, "policiesDir" | "defaultPolicy">,
): Promise<readonly Policy[]> {
  const wanted = (ids ?? defaultPolicy).split(",").map((id) => id.trim());
  if (new Set(wanted).size < wanted.length)
    throw new GuardError("invalid_config", "--policy names a policy twice");
  return policiesServed(wanted, policiesDir);
}

/** @throws GuardError `policy_not_found` and `invalid_policy` */
export async function policiesServed(ids: readonly string[], dir: string): Promise<readonly Policy[]> {
  const registry = await openPolicyRegistry({ dir });
  try {
    return ids.map((id) => registry.get(id));
  } finally {
    await registry.close();
  }
}
