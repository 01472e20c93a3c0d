import type { Policy } from "../policy/index.js";

/** Value of `x-portcullis-policy`: category codes mean nothing without the id and the hash. */
export const policyHeader = ({ id, sha256 }: Pick<Policy, "id" | "sha256">): string =>
  `${id};sha256=${sha256}`;
