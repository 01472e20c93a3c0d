import type { CallOptions } from "../engine/index.js";
import type { Policy } from "../policy/index.js";
import { ask, NEVER } from "./ask.js";
import type { GuardDeps } from "./create-guard.js";

/**
 * Asks about a word of either role, so that the policy's heads are computed before anyone waits for them: an 8B
 * model takes longer to read them than a caller's deadline. Also proves the whole way to a verdict. Nothing is
 * recorded: these are nobody's messages.
 *
 * @throws GuardError whatever the engine throws, or `unreadable_output` for a model that gives no verdicts
 */
export async function readAhead(
  { engine, templates }: Pick<GuardDeps, "engine" | "templates">,
  policy: Policy,
  options: CallOptions = {},
): Promise<void> {
  const { categories } = policy;
  const question = { template: templates[policy.template], categories, scores: undefined, decodeFrom: NEVER };
  for (const role of ["user", "assistant"] as const)
    await ask(engine, question, [{ role, content: "Hello" }], options);
}
