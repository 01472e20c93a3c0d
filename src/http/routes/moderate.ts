import { randomUUID } from "node:crypto";
import type { CategoryScoring } from "../../guard/index.js";
import { parserOf } from "../contract.js";
import { conversationOf, type RequestMessage } from "../conversation-of.js";
import { exchange } from "../exchange.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";
import { policyHeader } from "../policy-header.js";
import { policyNamed } from "../policy-named.js";
import { verdictOnWire } from "../verdict-on-wire.js";

type ModerateRequest = {
  readonly policy?: string;
  readonly categories?: readonly string[];
  readonly scores?: CategoryScoring;
} & ({ readonly messages: readonly RequestMessage[] } | { readonly input: string });

const parse = parserOf<ModerateRequest>("ModerateRequest");

/** `POST /moderate`: judges the last message of a conversation. */
export const moderate = ({ guard, engine, policies, defaultPolicy, limits }: HttpOptions): Handler =>
  exchange(limits.deadlineMs, async (_req, res, signal) => {
    const request = parse(res.locals.body);
    const { conversation, systemLeftOut } = conversationOf(
      "messages" in request ? request.messages : [{ role: "user", content: request.input }],
    );
    const policy = policyNamed(request.policy ?? defaultPolicy, policies, "policy_not_found");
    const judgement = await guard.moderate(
      {
        conversation,
        policy,
        ...(request.categories && { categories: request.categories }),
        ...(request.scores && { scores: request.scores }),
      },
      { signal },
    );

    const { flags, usage, ...verdict } = verdictOnWire(judgement);
    await res.locals.settleTokens?.(usage.computedTokens);
    res.set({ "x-portcullis-verdict": judgement.verdict, "x-portcullis-policy": policyHeader(policy) });
    res.json({
      id: `mod-${randomUUID()}`,
      ...verdict,
      flags: systemLeftOut ? [...flags, "system_not_judged"] : flags,
      usage,
      notice: engine.info.notice,
    });
  });
