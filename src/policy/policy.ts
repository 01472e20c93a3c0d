import type { Calibration } from "./calibration.js";
import type { ChatRules } from "./chat-rules.js";
import type { PromptTemplateName } from "./template-name.js";

/** Who wrote the message that is judged. In prompts `user` is called "User" and `assistant` "Agent". */
export type JudgedRole = "user" | "assistant";

/** What a violation leads to: refuse, let pass with a mark, or let pass. */
export type PolicyAction = "block" | "flag" | "allow";

/** What to do with one category for one role. */
export interface CategoryRule {
  /** Least P(unsafe), 0..1, at which an answer that names the category counts as a violation. */
  readonly threshold: number;
  readonly action: PolicyAction;
}

export interface PolicyCategory {
  /** A capital letter and a number, such as `S1`; what the model says. Meaningless without the policy. */
  readonly code: string;
  /** Shown to people: `Violent Crimes`. */
  readonly name: string;
  /** The heading exactly as the prompt has it, after `S1: `; may end in `. ` as Meta's texts do. */
  readonly promptName: string;
  /** The paragraph under the heading in the prompt; null where the policy gives names only. */
  readonly text: string | null;
  /** The rule for each role, defaults and per-role overrides already resolved. */
  readonly rules: Readonly<Record<JudgedRole, CategoryRule>>;
  /** Names of OpenAI's moderation taxonomy that this category sets; may be empty. */
  readonly openaiNames: readonly string[];
}

/** A taxonomy and what to do about it. Frozen once read; identified by `id` and `sha256` together. */
export interface Policy extends ChatRules {
  readonly id: string;
  readonly version: string;
  /**
   * Lower-case hex SHA-256 of the canonical JSON of what can change a verdict: policies that judge alike have
   * equal hashes.
   */
  readonly sha256: string;
  readonly title: string;
  /** Name of the prompt template, see `prompt/`. */
  readonly template: PromptTemplateName;
  /** Licence notice that must stay with the texts, or null. */
  readonly notice: string | null;
  readonly categories: readonly PolicyCategory[];
  /** Id of the policy that this one is an overlay of. */
  readonly extends?: string;
  /** What scores go through before thresholds are held against them; without it they stay as the model gave them. */
  readonly calibration?: Calibration;
}
