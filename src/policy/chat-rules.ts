/** The two sides of a model that a gate of guarded chat stands at: what goes in and what comes out. */
export type GateStage = "input" | "output";

/**
 * What a gate does with a judgement that the policy says to block. `enforce`: closes. `flag`: holds text until
 * it is judged, fails as `enforce` does, and lets it pass; the verdict says so. `shadow`: holds no text and never
 * fails, so that an answer is what it would be without it; what it would have done is counted.
 */
export type GateMode = "enforce" | "shadow" | "flag";

/** What callers read in place of what was blocked. */
export interface Refusal {
  readonly default: string;
  /** By language tag, such as `de` or `pt-BR`. */
  readonly locales: Readonly<Record<string, string>>;
}

/** What a policy says about guarded chat. None of it changes a verdict, so none of it is in the hash. */
export interface ChatRules {
  readonly refusal: Refusal;
  readonly modes: Readonly<Record<GateStage, GateMode>>;
  /**
   * What becomes of a message with parts nobody can judge, such as images. `refuse`: the request is refused.
   * `pass`: it is answered from its text alone, and the answer says so.
   */
  readonly unjudgeable: "refuse" | "pass";
}

/** What holds where a policy does not say. The words fit whichever side was blocked. */
export const DEFAULT_CHAT_RULES: ChatRules = Object.freeze({
  refusal: Object.freeze({ default: "Sorry, I can't help with that.", locales: Object.freeze({}) }),
  modes: Object.freeze({ input: "enforce", output: "enforce" }),
  unjudgeable: "refuse",
});
