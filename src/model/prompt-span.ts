/**
 * A piece of a rendered prompt. `control` names one control token of the vocabulary
 * (`<|begin_of_text|>`), inserted by number; `text` is tokenised as plain text, whatever it contains, so
 * what people write can never become a control token. Neighbouring `text` spans are one text: they are
 * encoded exactly as their concatenation would be. `shared` marks text that many prompts have in common
 * (the policy head), which encoders may remember.
 */
export type PromptSpan = { readonly control: string } | { readonly text: string; readonly shared?: boolean };
