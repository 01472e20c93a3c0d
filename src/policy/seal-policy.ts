import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";
import type { Policy } from "./policy.js";

/** A resolved policy with its hash, over everything that can change a verdict, and deeply frozen. */
export function sealPolicy(policy: Omit<Policy, "sha256">): Policy {
  const hashed = { ...policy, sha256: undefined }; // a policy made of another one brings its hash along
  const sha256 = createHash("sha256").update(canonicalJson(hashed)).digest("hex");
  return deepFreeze({ ...policy, sha256 });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
