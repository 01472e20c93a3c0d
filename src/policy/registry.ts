import type { Policy } from "./policy.js";

/** The policies being served. Reloading swaps whole policies: a reader sees the old one or the new one. */
export interface PolicyRegistry {
  /** @throws GuardError `policy_not_found` */
  get(id: string): Policy;
  list(): readonly Policy[];
}
