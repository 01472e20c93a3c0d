import { isDeepStrictEqual } from "node:util";
import type { TextPlace } from "./plain-text.js";

/** How a vocabulary that has its spaces inside words spells a space: U+2581. */
export const SPACE_MARK = "▁";

/**
 * The space that SentencePiece puts before a text, so that its first word is the same token as everywhere else.
 * A text that goes on after other text never gets one.
 */
export interface LeadingSpace {
  /** Whether text behind a control token gets one too, or the first text alone. */
  readonly afterControl: boolean;
  /** Whether a text that begins with a space gets one all the same. */
  readonly beforeSpace: boolean;
}

/** Checkpoints of Llama 2's time, LlamaGuard-7b among them, and exports with `"legacy": true`. */
const LEGACY_NORMALIZER = {
  type: "Sequence",
  normalizers: [
    { type: "Prepend", prepend: SPACE_MARK },
    { type: "Replace", pattern: { String: " " }, content: SPACE_MARK },
  ],
};

/**
 * Reads it off a `tokenizer.json`, which says it in one of two ways: in the normalizer, or, in newer exports,
 * in a Metaspace pre-tokenizer. One that also splits at spaces would give other tokens.
 * @returns null for a tokenizer of another kind
 */
export function readLeadingSpace(normalizer: unknown, preTokenizer: unknown): LeadingSpace | null {
  if (isDeepStrictEqual(normalizer, LEGACY_NORMALIZER) && (preTokenizer ?? null) === null)
    return { afterControl: true, beforeSpace: true };
  const { type, replacement, split, prepend_scheme } = (preTokenizer ?? {}) as Record<string, unknown>;
  if ((normalizer ?? null) !== null || type !== "Metaspace" || replacement !== SPACE_MARK || split !== false)
    return null;
  if (prepend_scheme === "always") return { afterControl: true, beforeSpace: false };
  if (prepend_scheme === "first") return { afterControl: false, beforeSpace: false };
  return null;
}

export const hasLeadingSpace = ({ afterControl }: LeadingSpace, place: TextPlace): boolean =>
  place === "first" || (place === "afterControl" && afterControl);
