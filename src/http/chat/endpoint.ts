import type { GenerationRequest, GeneratorInfo } from "../../generation/index.js";
import type { Policy } from "../../policy/index.js";
import type { CommonRequest } from "./common-request.js";
import type { Dialect } from "./dialect.js";

/** What of a request nobody judges. */
export type UnjudgedFlag = "system_not_judged" | "tools_not_judged" | "unjudged_content";

/** A request, ready for the gates. */
export interface ReadRequest {
  readonly generation: GenerationRequest;
  readonly unjudged: readonly Exclude<UnjudgedFlag, "system_not_judged">[];
}

/** One way to ask for guarded chat, and to be answered. */
export interface Endpoint<Request extends CommonRequest> {
  /** @throws GuardError `invalid_request` */
  parse(body: unknown): Request;
  /** @throws GuardError `invalid_request` for what this generator or policy does not take */
  read(request: Request, info: GeneratorInfo, policy: Policy): ReadRequest;
  /** For one answer: it may remember what was said. */
  createDialect(): Dialect;
}
