import { join } from "node:path";
import { GuardError, PACKAGE_ROOT } from "../base/index.js";
import { openPolicyRegistry, type Policy } from "../policy/index.js";
import { readPromptTemplates, type PromptTemplate } from "../prompt/index.js";

const POLICIES = join(PACKAGE_ROOT, "policies");

export interface GuardQuestion {
  readonly template: PromptTemplate;
  readonly policy: Policy;
}

/**
 * How a guard is asked under the policy it was trained with, which bears the name of its prompt template.
 * @throws GuardError `invalid_config` when there is no such template
 */
export async function guardQuestion(name: string): Promise<GuardQuestion> {
  const templates = await readPromptTemplates();
  const policies = await openPolicyRegistry({ dir: POLICIES });
  try {
    const policy = policies.get(name);
    return { template: templates[policy.template], policy };
  } catch (cause) {
    const known = Object.keys(templates).join(", ");
    throw new GuardError("invalid_config", `--template must be one of ${known} for a guard`, { cause });
  } finally {
    await policies.close();
  }
}
