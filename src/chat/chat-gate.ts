import type { ErrorCode } from "../base/index.js";
import type { FinishReason, GenerationRequest, TokenLogprob, ToolCall } from "../generation/index.js";
import type { CategoryScoring, Judgement } from "../guard/index.js";
import type { GateMode, GateStage, Policy } from "../policy/index.js";

export interface ChatGateOptions {
  /**
   * `parallel`: the generation starts while the prompt is judged; no text leaves before the verdict, and a
   * block aborts the generation at once. `first`: the prompt is judged first, for generators paid by the token.
   */
  readonly before: "parallel" | "first";
  readonly stream: {
    /** Tokens of an answer that may leave ahead of their judgement; 0: none ever does. */
    readonly maxUnjudgedTokens: number;
    /** Most new tokens before a check is wanted, at least 1; the end of a sentence may bring it sooner. */
    readonly checkTokens: number;
  };
  readonly modes: Readonly<Record<GateStage, GateMode>>;
  /** Whether text passes, marked `degraded`, when the guard cannot judge it for reasons of its own. */
  readonly failOpen: Readonly<Record<GateStage, boolean>>;
  /** Milliseconds one check may take, after which it counts as failed. */
  readonly checkDeadlineMs: number;
  /** What callers read in place of what was blocked, whichever gate closed. */
  readonly refusal: string;
  readonly signal?: AbortSignal;
}

export interface ChatRequest {
  readonly generation: GenerationRequest;
  readonly policy: Policy;
  /** Asks for a score of every category in each judgement, also of those not violated. */
  readonly scores?: CategoryScoring;
}

/** What the guard made of a message; the code of the failure where it could not judge; null if never asked. */
export type StageVerdict = Judgement | ErrorCode | null;

/**
 * What a caller may know, in order. A choice ends with `finished`, exactly once, and nothing of it comes after.
 * Then follow `verdicts` and, when the generation ran to its end, `usage`. `error` ends everything: it comes in
 * place of a throw once something of an answer was let out.
 */
export type ChatEvent =
  | {
      readonly type: "text";
      readonly choice: number;
      readonly text: string;
      /** Alternatives in `top` are no part of the answer: nobody judged them. */
      readonly logprobs: readonly TokenLogprob[] | null;
    }
  /** A whole call, judged with the whole answer: half an action is of no use and never leaves. */
  | { readonly type: "toolCall"; readonly choice: number; readonly index: number; readonly call: ToolCall }
  /** Followed by `finished` with `content_filter`. A prompt that is blocked blocks every choice. */
  | {
      readonly type: "blocked";
      readonly stage: GateStage;
      readonly choice: number;
      readonly judgement: Judgement;
      readonly refusal: string;
    }
  | { readonly type: "finished"; readonly choice: number; readonly reason: FinishReason }
  /** What follows was let through unjudged, by choice of the operator. Once per stage and choice. */
  | {
      readonly type: "degraded";
      readonly stage: GateStage;
      /** Null where it is the prompt. */
      readonly choice: number | null;
      readonly code: ErrorCode;
    }
  | {
      readonly type: "verdicts";
      readonly input: StageVerdict;
      /** One per choice. */
      readonly output: readonly StageVerdict[];
      /** Whether instructions of a system were among the messages; the guard does not judge them. */
      readonly systemLeftOut: boolean;
    }
  | { readonly type: "usage"; readonly promptTokens: number; readonly completionTokens: number }
  | { readonly type: "error"; readonly error: unknown };

/** A generator between two gates: nothing that is blocked, or not judged, gets to the caller. */
export interface ChatGate {
  /**
   * Nothing begins before the loop does. Leaving the loop, or the signal, aborts checks and
   * generation. A reader who is slow halts the generation: at most 256 events, and what the tokens of the
   * request allow to be held for judgement, lie in memory.
   *
   * @throws GuardError while iterating, as long as nothing of an answer was let out: `invalid_request` for a
   * conversation that ends in nothing a user said, and whatever guard and generator throw
   */
  respond(request: ChatRequest, options: ChatGateOptions): AsyncIterable<ChatEvent>;
}
