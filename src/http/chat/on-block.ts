import { GuardError } from "../../base/index.js";
import type { HttpRequest } from "../locals.js";

/** What a block is where nothing has left yet: an answer with a refusal, or an error. */
export type OnBlock = "refusal" | "error";

/** @throws GuardError `invalid_request` for a wish that is none: who wants errors should not get answers */
export function onBlockOf(req: HttpRequest): OnBlock {
  const wish = req.get("x-portcullis-on-block") ?? "refusal";
  if (wish === "refusal" || wish === "error") return wish;
  throw new GuardError("invalid_request", "the header x-portcullis-on-block must be refusal or error");
}

export const policyViolation = (refusal: string): GuardError =>
  new GuardError("content_policy_violation", refusal);
