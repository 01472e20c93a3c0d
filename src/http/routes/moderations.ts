import { randomUUID } from "node:crypto";
import { mapInOrder } from "../../base/index.js";
import { parserOf } from "../contract.js";
import { textOf, type TextPart } from "../conversation-of.js";
import { exchange } from "../exchange.js";
import type { Handler } from "../locals.js";
import { toOpenAiResult } from "../openai-result.js";
import type { HttpOptions } from "../options.js";
import { policyHeader } from "../policy-header.js";
import { policyNamed } from "../policy-named.js";

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
    // Never 404 on this path: one client of OpenAI takes that as a reason to send the text there instead.
    const policy = policyNamed(request.policy ?? options.defaultPolicy, options.policies, "invalid_request");
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
