import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";
import type { Policy } from "./policy.js";

/**
 * A resolved policy with its hash, deeply frozen. The hash is over everything that can change a verdict, and leaves
 * out what guarded chat makes of one: going from `shadow` to `enforce`, or wording a refusal better, changes no
 * judgement, and those made before and after stay comparable.
 */
export function sealPolicy(policy: Omit<Policy, "sha256">): Policy {
  const { refusal, modes, unjudgeable, ...judging } = policy;
  const hashed = { ...judging, sha256: undefined }; // a policy made of another one brings its hash along
  const sha256 = createHash("sha256").update(canonicalJson(hashed)).digest("hex");
  return deepFreeze({ ...judging, refusal, modes, unjudgeable, sha256 });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
