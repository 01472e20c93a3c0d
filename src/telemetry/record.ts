import type { ErrorCode } from "../base/index.js";
import { instruments } from "./instruments.js";
import { ATTRIBUTE } from "./names.js";

/** Where in a conversation's way a message is judged. */
export type Stage = "moderate" | "before" | "after" | "stream" | "audit";

/**
 * What a gate of guarded chat made of one judgement. `would_block`: it stood open, or nothing would have come
 * through. `degraded`: there was no judgement and it is set to fail open. `failed`: there was none.
 */
export type CheckOutcome = "passed" | "flagged" | "blocked" | "would_block" | "degraded" | "failed";

export interface ChatCheckRecord {
  /** The prompt, an answer that grows, or a whole answer. */
  readonly stage: "before" | "stream" | "after";
  readonly mode: "enforce" | "shadow" | "flag";
  readonly outcome: CheckOutcome;
}

export interface RequestRecord {
  /** The route's template (`/v1/policies/:id`), never the path; absent when no route matched. */
  readonly route?: string | undefined;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

export interface ModerationRecord {
  readonly policyId: string;
  readonly role: "user" | "assistant";
  readonly verdict: "safe" | "unsafe";
  readonly action: "block" | "flag" | "allow";
  /** Codes of the violated categories. */
  readonly categories: readonly string[];
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly computedTokens: number;
  readonly queueSeconds: number;
  readonly computeSeconds: number;
}

/** Methods are a caller's words: what is not a known one is `_OTHER`, as the HTTP conventions say. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]);

export function recordRequest({ route, method, status, seconds }: RequestRecord): void {
  instruments().requestDuration.record(seconds, {
    [ATTRIBUTE.method]: METHODS.has(method) ? method : "_OTHER",
    [ATTRIBUTE.scheme]: "http", // TLS ends before this process
    [ATTRIBUTE.status]: status,
    ...(route === undefined ? {} : { [ATTRIBUTE.route]: route }),
    ...(status >= 500 ? { [ATTRIBUTE.errorType]: String(status) } : {}),
  });
}

export function recordModeration(record: ModerationRecord): void {
  const of = instruments();
  const policy = { [ATTRIBUTE.policy]: record.policyId };
  of.verdicts.add(1, {
    ...policy,
    [ATTRIBUTE.role]: record.role,
    [ATTRIBUTE.verdict]: record.verdict,
    [ATTRIBUTE.action]: record.action,
  });
  for (const code of record.categories) of.violations.add(1, { ...policy, [ATTRIBUTE.category]: code });
  of.promptTokens.add(record.promptTokens, policy);
  of.cachedTokens.add(record.cachedTokens, policy);
  of.computedTokens.add(record.computedTokens, policy);
  of.queueDuration.record(record.queueSeconds, policy);
  of.computeDuration.record(record.computeSeconds, policy);
}

/** A verdict was given again from memory. */
export function recordRemembered({ policyId }: { policyId: string }): void {
  instruments().remembered.add(1, { [ATTRIBUTE.policy]: policyId });
}

/** A message got an error instead of a verdict; `internal` is what no GuardError explains. */
export function recordFailure({ code, stage }: { code: ErrorCode | "internal"; stage: Stage }): void {
  instruments().failures.add(1, { [ATTRIBUTE.errorType]: code, [ATTRIBUTE.stage]: stage });
}

/** A message passed unjudged because its stage is set to fail open. */
export function recordDegraded({ stage }: { stage: Stage }): void {
  instruments().degraded.add(1, { [ATTRIBUTE.stage]: stage });
}

export function recordChatCheck({ stage, mode, outcome }: ChatCheckRecord): void {
  instruments().chatChecks.add(1, {
    [ATTRIBUTE.stage]: stage,
    [ATTRIBUTE.mode]: mode,
    [ATTRIBUTE.outcome]: outcome,
  });
}

/** Once per chat request, when the first text of any of its answers is let out. */
export function recordFirstText(seconds: number): void {
  instruments().chatFirstText.record(seconds);
}
