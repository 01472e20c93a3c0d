import { GuardError } from "../base/index.js";
import type { Policy } from "../policy/index.js";

/**
 * Rows name codes without their policy, and the same code means other things in other taxonomies: a code that the
 * policy does not have shows that rows and policy do not belong together.
 * @throws GuardError `invalid_config` naming the code
 */
export function requireKnownCodes(
  rows: readonly { readonly categories: readonly string[] | null }[],
  { id, categories }: Policy,
): void {
  const known = new Set(categories.map(({ code }) => code));
  const foreign = rows.flatMap((row) => row.categories ?? []).find((code) => !known.has(code));
  if (foreign !== undefined)
    throw new GuardError(
      "invalid_config",
      `rows are labelled with ${foreign}, which ${id} does not have; name their policy, or add --categories ignore`,
    );
}
