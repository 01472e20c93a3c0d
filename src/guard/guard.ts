import type { CallOptions } from "../engine/index.js";
import type { JudgedRole, Policy, PolicyAction } from "../policy/index.js";
import type { Conversation } from "../prompt/index.js";
import type { NamedAt } from "./named-at.js";

/**
 * How categories are scored. `listed`: from the constrained decode of the answer (derived numbers).
 * `independent`: one prompt per category that shows the model only that category, at a prompt's cost each.
 */
export type CategoryScoring = "listed" | "independent";

export interface ModerationRequest {
  readonly conversation: Conversation;
  readonly policy: Policy;
  /** Codes to judge by; the others are left out of the prompt and of the verdict. Default: all. */
  readonly categories?: readonly string[];
  /**
   * Ask for a score of every category, also when the verdict is safe. Default: only of violated ones. Whatever
   * is asked for, the verdict stays the same.
   */
  readonly scores?: CategoryScoring;
}

/**
 * What a caller should know about how the verdict came about.
 * `delimiter_spoof`: text imitates the prompt's structure; the higher of raw and neutralised score counts.
 * `windowed`: the conversation was longer than the model's context; the highest window counts.
 * `low_mass`: the two words of a verdict held less probability than usual.
 */
export type JudgementFlag = "delimiter_spoof" | "windowed" | "low_mass";

export interface CategoryJudgement {
  readonly code: string;
  readonly name: string;
  /** 0..1; with `listed` scoring P(unsafe) times the probability of being named, with `independent` P(unsafe). */
  readonly score: number;
  /** Whether the policy counts it as violated. */
  readonly violated: boolean;
}

export interface Judgement {
  /** `unsafe` when at least one category is violated. */
  readonly verdict: "safe" | "unsafe";
  /** P(unsafe), 0..1: two-class softmax over the verdict words. */
  readonly score: number;
  /** Violated categories in policy order; every category when `scores` was asked for. */
  readonly categories: readonly CategoryJudgement[];
  /** The strictest action among violated categories; `allow` when safe. */
  readonly action: PolicyAction;
  readonly role: JudgedRole;
  readonly scoring: CategoryScoring;
  readonly flags: readonly JudgementFlag[];
  readonly policy: { readonly id: string; readonly version: string; readonly sha256: string };
  readonly model: { readonly id: string; readonly sha256: string };
  readonly usage: JudgementUsage;
  readonly timings: JudgementTimings;
}

export interface JudgementUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly computedTokens: number;
}

/** Milliseconds. Of several prompts for one verdict, the longest wait and the sum of compute. */
export interface JudgementTimings {
  readonly queueMs: number;
  readonly computeMs: number;
  readonly totalMs: number;
}

/** The judge: a verdict or a GuardError, nothing in between. */
export interface Guard {
  /**
   * @throws GuardError `invalid_request` for a category the policy does not have, `too_large` when more
   * windows would be needed than allowed, and whatever the engine throws
   */
  moderate(request: ModerationRequest, options?: CallOptions): Promise<Judgement>;
}

/** A judgement, and what it rests on. */
export interface Examination {
  readonly judgement: Judgement;
  readonly namedAt: NamedAt;
}

/** The same judge, for those who keep what a verdict rests on in order to try other thresholds later. */
export interface Examiner {
  /** @throws GuardError as `moderate` does */
  examine(request: ModerationRequest, options?: CallOptions): Promise<Examination>;
}
