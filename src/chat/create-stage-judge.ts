import { GuardError, isCallersDoing, withDeadline, type ErrorCode } from "../base/index.js";
import type { Guard, Judgement } from "../guard/index.js";
import type { GateStage } from "../policy/index.js";
import type { Conversation } from "../prompt/index.js";
import { recordChatCheck, type ChatCheckRecord, type CheckOutcome } from "../telemetry/index.js";
import { abortReason } from "./abort-reason.js";
import type { ChatGateOptions, ChatRequest } from "./chat-gate.js";

/** What a gate does about one judgement. */
export type Ruling =
  | { readonly kind: "pass"; readonly verdict: Judgement | ErrorCode }
  /** To pass although nobody judged it. */
  | { readonly kind: "degraded"; readonly verdict: ErrorCode }
  | { readonly kind: "block"; readonly verdict: Judgement }
  /** The policy says to block and the gate's mode says not to. */
  | { readonly kind: "overruled"; readonly verdict: Judgement }
  | { readonly kind: "fail"; readonly error: GuardError };

const OUTCOME = {
  degraded: "degraded",
  block: "blocked",
  overruled: "would_block",
  fail: "failed",
} as const satisfies Partial<Record<Ruling["kind"], CheckOutcome>>;

/** Rules on a conversation; never rejects. */
export type StageJudge = (conversation: Conversation, stage: ChatCheckRecord["stage"]) => Promise<Ruling>;

interface StageJudgeDeps {
  readonly guard: Guard;
  readonly request: Pick<ChatRequest, "policy" | "scores">;
  readonly gate: GateStage;
  readonly options: Pick<ChatGateOptions, "modes" | "failOpen" | "checkDeadlineMs">;
  readonly signal: AbortSignal;
}

export function createStageJudge({ guard, request, gate, options, signal }: StageJudgeDeps): StageJudge {
  const mode = options.modes[gate];
  const { policy, scores } = request;

  const judge = async (conversation: Conversation): Promise<Judgement | GuardError> => {
    const asked = { conversation, policy, ...(scores && { scores }) };
    using deadline = withDeadline(signal, options.checkDeadlineMs);
    try {
      return await guard.moderate(asked, { signal: deadline.signal });
    } catch (cause) {
      if (cause instanceof GuardError) return cause;
      return new GuardError("engine_unavailable", "the guard failed; see the log of the service", { cause });
    }
  };

  return async (conversation, stage) => {
    const judged = await judge(conversation);
    if (signal.aborted) return { kind: "fail", error: abortReason(signal) };
    const ruling =
      judged instanceof GuardError
        ? aboutFailure(judged, mode, options.failOpen[gate])
        : aboutJudgement(judged, mode);
    recordChatCheck({ stage, mode, outcome: outcomeOf(ruling) });
    return ruling;
  };
}

function aboutJudgement(verdict: Judgement, mode: ChatGateOptions["modes"][GateStage]): Ruling {
  switch (verdict.action) {
    case "block":
      return { kind: mode === "enforce" ? "block" : "overruled", verdict };
    case "flag":
    case "allow":
      return { kind: "pass", verdict };
  }
}

/**
 * Fails open for what the guard could not do, never for what a writer can bring about: otherwise a text too
 * long to be judged would be a key to every gate that is set to fail open.
 */
function aboutFailure(
  error: GuardError,
  mode: ChatGateOptions["modes"][GateStage],
  failOpen: boolean,
): Ruling {
  if (mode === "shadow") return { kind: "pass", verdict: error.code };
  if (failOpen && !isCallersDoing(error.code)) return { kind: "degraded", verdict: error.code };
  return { kind: "fail", error };
}

function outcomeOf(ruling: Ruling): CheckOutcome {
  if (ruling.kind !== "pass") return OUTCOME[ruling.kind];
  if (typeof ruling.verdict === "string") return "failed";
  return ruling.verdict.action === "flag" ? "flagged" : "passed";
}
