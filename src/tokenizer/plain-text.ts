/**
 * Where a text stands in a prompt. The begin token counts as nothing: a text behind it alone is the first.
 * Tokenizers of Llama 2 put a space of their own before texts in some places.
 */
export type TextPlace = "first" | "afterControl" | "afterText";

/** Tokens of a text that stay the same whatever follows it, and the end of the text that may still change. */
export interface SettledHead {
  readonly ids: readonly number[];
  /** Written text, to be encoded together with what follows. */
  readonly rest: string;
}

/** How a text falls apart, in bytes of UTF-8; both lists add up to the text's length. */
export interface TextLayout {
  /** Pieces that tokens never reach across. */
  readonly wordBytes: readonly number[];
  readonly tokenBytes: readonly number[];
}

/**
 * BPE over text that nobody may turn into structure: it has never heard of control tokens, so their ids cannot
 * come out of it. Texts are well-formed UTF-16.
 */
export interface PlainText {
  /**
   * The text as the vocabulary spells it. Written pieces may be joined: the first in its own place, the others
   * `afterText`.
   */
  write(text: string, place: TextPlace): string;
  encode(written: string): number[];
  settle(written: string): SettledHead;
  /** Of a text alone. */
  layout(text: string): TextLayout;
  /**
   * @param place where the text of these tokens stands
   * @throws GuardError `unreadable_output` for an id that is not in the vocabulary
   */
  decode(ids: readonly number[], place: TextPlace): string;
}
