import type { ChatEvent, ChatGateOptions } from "../../chat/index.js";
import type { HttpResponse } from "../locals.js";
import { degradedStages, verdictWord, type ChatTerms } from "./chat-note.js";
import type { ChatRecord } from "./chat-record.js";
import type { ChatLimits } from "./chat-serving.js";
import type { Dialect } from "./dialect.js";
import type { OnBlock } from "./on-block.js";

/** One request that is being answered. */
export interface Answering {
  readonly res: HttpResponse;
  readonly signal: AbortSignal;
  readonly events: AsyncIterable<ChatEvent>;
  readonly record: ChatRecord;
  readonly dialect: Dialect;
  readonly terms: ChatTerms;
  readonly limits: ChatLimits;
  readonly choices: number;
  /** Fields that every object of the answer has, but for `object`. */
  readonly envelope: { readonly id: string; readonly created: number; readonly model: string };
  readonly refusal: ChatGateOptions["refusal"];
  readonly onBlock: OnBlock;
  /** Whether the caller asked for these. */
  readonly wants: { readonly usage: boolean; readonly moderation: boolean; readonly logprobs: boolean };
}

type Verdicts = Extract<ChatEvent, { type: "verdicts" }>;

/** What proxies can read of an answer, as far as it is known when the headers leave. */
export function tellHeaders({ res, record }: Answering, verdicts: Verdicts | null): void {
  if (res.headersSent) return;
  const degraded = degradedStages(record);
  if (degraded !== null) res.set("x-portcullis-degraded", degraded);
  if (verdicts !== null) res.set("x-portcullis-verdict", verdictWord(verdicts));
  else if (record.anyBlocked) res.set("x-portcullis-verdict", "unsafe");
}

export const usageOnWire = ({
  promptTokens,
  completionTokens,
}: NonNullable<ChatRecord["usage"]>): object => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});
