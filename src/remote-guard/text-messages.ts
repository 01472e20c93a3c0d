import type { AnswerGrammar, SplitRequest, WireError } from "../engine/index.js";
import type { PromptSpan } from "../model/index.js";

/** What the thread that tokenises is asked. */
export type TextAsk =
  /** Token ids of a prompt and of what the answer begins with. */
  | { readonly kind: "encode"; readonly prompt: readonly PromptSpan[]; readonly prefix: string }
  /** A prompt as one text, for servers that take no ids. */
  | { readonly kind: "write"; readonly prompt: readonly PromptSpan[]; readonly prefix: string }
  | { readonly kind: "grammar"; readonly codes: readonly string[] }
  | { readonly kind: "count"; readonly texts: readonly string[] }
  | { readonly kind: "split"; readonly request: SplitRequest };

export interface EncodedPrompt {
  /** Prompt and prefix. */
  readonly tokens: readonly number[];
  /** Of the prompt alone. */
  readonly promptTokens: number;
}

/** What answers each. */
export interface TextAnswers {
  readonly encode: EncodedPrompt;
  readonly write: EncodedPrompt & { readonly text: string };
  readonly grammar: AnswerGrammar;
  readonly count: readonly number[];
  readonly split: readonly string[];
}

/** What a guard's vocabulary must have. */
export interface GuardVocabulary {
  readonly safe: number;
  readonly unsafe: number;
  readonly endTokenIds: readonly number[];
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
}

export type ToText =
  | { readonly type: "ask"; readonly id: number; readonly ask: TextAsk }
  /** Left undone unless it was begun. */
  | { readonly type: "cancel"; readonly id: number };

export type FromText =
  | { readonly type: "ready"; readonly vocabulary: GuardVocabulary }
  | { readonly type: "failed"; readonly error: WireError }
  | { readonly type: "answer"; readonly id: number; readonly value: TextAnswers[keyof TextAnswers] }
  | { readonly type: "refusal"; readonly id: number; readonly error: WireError };

/** Given to the thread as it starts. */
export interface TextThreadData {
  readonly tokenizerPath: string;
}
