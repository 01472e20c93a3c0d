import type { PromptSpan } from "../model/index.js";
import { renderGuardPrompt, type Conversation, type PromptTemplate } from "../prompt/index.js";
import type { Listing } from "./vary-categories.js";

/** One line of TRL's prompt-completion format. */
export interface TrainingExample {
  /** What the guard is asked, letter for letter, but for the token that begins a text: TRL's tokenizer adds it. */
  readonly prompt: string;
  /** What it should answer. TRL's tokenizer adds the token that ends it. */
  readonly completion: string;
}

/** Anything in the form of a control token. Those that a tokenizer does not have are caught too, to be safe. */
const CONTROL = /<\|[\w-]{1,64}\|>/;

const BEGIN = "<|begin_of_text|>";

/**
 * Whether a message holds text that would not stay text: TRL tokenises prompt and completion as one string each, in
 * which `<|eot_id|>` is the token that ends a turn, whoever wrote it. The service itself has no such weakness.
 */
export const holdsControlText = (messages: Conversation): boolean =>
  messages.some(({ content }) => CONTROL.test(content));

/** The question as the guard is asked it; half surrogates count as U+FFFD, as they do when it is tokenised. */
export const guardQuestion = (
  template: PromptTemplate,
  { categories }: Listing,
  [first, ...rest]: Conversation,
): PromptSpan[] => renderGuardPrompt(template, categories, [wellFormed(first), ...rest.map(wellFormed)]);

/** The answer a perfect guard would give, in the order in which the prompt lists the codes. */
export function guardAnswer({ answerPrefix }: PromptTemplate, { categories, violated }: Listing): string {
  if (violated === null) return `${answerPrefix}unsafe`;
  if (violated.length === 0) return `${answerPrefix}safe`;
  const codes = categories.map(({ code }) => code).filter((code) => violated.includes(code));
  return `${answerPrefix}unsafe\n${codes.join(",")}`;
}

/** Question and answer as TRL wants them. */
export function trainingExample(question: readonly PromptSpan[], answer: string): TrainingExample {
  const texts = question.map((span) => ("control" in span ? span.control : span.text));
  return { prompt: (texts[0] === BEGIN ? texts.slice(1) : texts).join(""), completion: answer };
}

/** With the `u` flag the class matches only surrogates that are not half of a pair. */
const wellFormed = <M extends { readonly content: string }>(message: M): M => ({
  ...message,
  content: message.content.replace(/\p{Surrogate}/gu, "\uFFFD"),
});
