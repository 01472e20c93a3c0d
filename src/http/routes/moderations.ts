import { randomUUID } from "node:crypto";
import { GuardError } from "../../base/index.js";
import type { Policy, PolicyRegistry } from "../../policy/index.js";
import { parserOf } from "../contract.js";
import { textOf, type TextPart } from "../conversation-of.js";
import { exchange } from "../exchange.js";
import type { Handler } from "../locals.js";
import { mapInOrder } from "../map-in-order.js";
import { toOpenAiResult } from "../openai-result.js";
import type { HttpOptions } from "../options.js";
import { policyHeader } from "../policy-header.js";

interface CreateModerationRequest {
  readonly input: string | readonly string[] | readonly TextPart[];
  /** Our extension. */
  readonly policy?: string;
}

const parse = parserOf<CreateModerationRequest>("CreateModerationRequest");

/** `POST /v1/moderations`: OpenAI's shape, one result per text. */
export const moderations = (options: HttpOptions): Handler =>
  exchange(options.limits.deadlineMs, async (_req, res, signal) => {
    const request = parse(res.locals.body);
    const policy = policyNamed(request.policy ?? options.defaultPolicy, options.policies);
    const judgements = await mapInOrder(textsOf(request.input), options.limits.textsInFlight, (content) =>
      options.guard.moderate(
        { conversation: [{ role: "user", content }], policy, scores: "listed" },
        { signal },
      ),
    );

    await res.locals.settleTokens?.(judgements.reduce((sum, { usage }) => sum + usage.computedTokens, 0));
    res.set("x-portcullis-policy", policyHeader(policy));
    res.json({
      id: `modr-${randomUUID()}`,
      model: options.engine.info.modelId,
      results: judgements.map((judgement) => toOpenAiResult(judgement, policy)),
    });
  });

const textsOf = (input: CreateModerationRequest["input"]): readonly string[] =>
  typeof input === "string" ? [input] : isTexts(input) ? input : [textOf(input)];

const isTexts = (input: readonly string[] | readonly TextPart[]): input is readonly string[] =>
  typeof input[0] === "string";

/** Never 404 on this path: one client of OpenAI takes that as a reason to send the text there instead. */
function policyNamed(id: string, policies: PolicyRegistry): Policy {
  try {
    return policies.get(id);
  } catch (cause) {
    if (cause instanceof GuardError && cause.code === "policy_not_found")
      throw new GuardError("invalid_request", "no such policy", { pointer: "/policy", cause });
    throw cause;
  }
}
