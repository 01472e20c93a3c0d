import type { PromptSpan } from "../../model/index.js";

/** One question, in every form a peer may want it. */
export interface Prompt {
  readonly role: "user" | "assistant";
  /** The message that is judged. */
  readonly text: string;
  /** For those who tokenise themselves. */
  readonly spans: readonly PromptSpan[];
  readonly ids: readonly number[];
  /** Leading ids that all prompts of the role and policy share. */
  readonly headTokens: number;
}

/** Ids behind the head: what has to be computed where nothing else is remembered. */
export const newTokens = ({ ids, headTokens }: Prompt): number => ids.length - headTokens;
