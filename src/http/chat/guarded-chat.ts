import { randomUUID } from "node:crypto";
import { GuardError } from "../../base/index.js";
import { exchange } from "../exchange.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";
import { policyHeader } from "../policy-header.js";
import { answerStream } from "./answer-stream.js";
import { answerWhole } from "./answer-whole.js";
import type { Answering } from "./answering.js";
import { createChatRecord } from "./chat-record.js";
import { chosenPolicy } from "./chosen-policy.js";
import type { CommonRequest } from "./common-request.js";
import type { Endpoint } from "./endpoint.js";
import { modesFor } from "./moderation-results.js";
import { onBlockOf } from "./on-block.js";
import { refusalFor } from "./refusal-for.js";

/** A request goes through the gates, in the words of the endpoint. */
export function guardedChat<Request extends CommonRequest>(
  endpoint: Endpoint<Request>,
  options: HttpOptions,
): Handler {
  const { chat } = options;
  if (chat === null) return refuseChat;
  return exchange(chat.limits.deadlineMs, async (req, res, signal) => {
    const request = endpoint.parse(res.locals.body);
    const { info } = chat.generator;
    if (request.model !== info.modelId)
      throw new GuardError("not_found", "/model: the generator has another name; /v1/models lists it", {
        pointer: "/model",
      });
    const policy = chosenPolicy(req, request.policy, options);
    const { generation, unjudged } = endpoint.read(request, info, policy);
    const onBlock = onBlockOf(req);
    const refusal = refusalFor(req, policy.refusal);
    const modes = modesFor(policy, request.moderation);
    const dialect = endpoint.createDialect();
    const wishesModeration = request.moderation !== undefined && request.moderation !== null;

    res.set("x-portcullis-policy", policyHeader(policy));
    const answering: Answering = {
      res,
      signal,
      events: chat.gate.respond(
        { generation, policy, ...(wishesModeration && { scores: "listed" }) },
        { ...chat.options, modes, refusal, signal },
      ),
      record: createChatRecord(generation.choices),
      dialect,
      terms: { policy, modes, unjudged, info },
      limits: chat.limits,
      choices: generation.choices,
      envelope: {
        id: `${dialect.idPrefix}-${randomUUID()}`,
        created: Math.floor(Date.now() / 1000),
        model: info.modelId,
      },
      refusal,
      onBlock,
      wants: {
        usage: request.stream_options?.include_usage === true,
        moderation: wishesModeration,
        logprobs: generation.sampling.topLogprobs !== null,
      },
    };
    await (request.stream === true ? answerStream(answering) : answerWhole(answering));
  });
}

const refuseChat: Handler = () => {
  throw new GuardError("not_found", "this server judges only: no generator is set up");
};
