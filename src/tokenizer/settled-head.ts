import type { PlainText } from "./plain-text.js";

/** Tokens of a text that stay the same whatever follows it, and the end of the text that may still change. */
export interface SettledHead {
  readonly ids: readonly number[];
  /** To be encoded together with what follows. */
  readonly rest: string;
}

/** The split pattern of Llama 3; the reasoning in {@link settleHead} is about this pattern only. */
const LLAMA_3_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Whether heads can be settled under this pre-tokenizer. */
export const canSettle = (preTokenizer: unknown): boolean =>
  JSON.stringify(preTokenizer ?? null).includes(JSON.stringify(LLAMA_3_SPLIT));

const ALL_SPACE = /^\p{White_Space}+$/u;

/**
 * Pre-tokens of Llama 3 look ahead only while they match and, in whitespace, for a later line break. So
 * appended text can change the last pre-token and, where the text ends in whitespace, every pre-token of
 * that whitespace ("\n", "  " becomes "\n  \n"), but nothing before.
 */
export function settleHead(plain: PlainText, text: string): SettledHead {
  const preTokens = plain.preTokens(text);
  const bytes = Buffer.from(text);
  let kept = preTokens.length;
  let keptBytes = bytes.length;
  let dropped: string;
  do {
    kept -= 1;
    const end = keptBytes;
    keptBytes -= preTokens[kept]?.length ?? 0;
    dropped = bytes.toString("utf8", keptBytes, end);
  } while (kept > 0 && ALL_SPACE.test(dropped));
  // The pre-token before trailing whitespace is settled, but dropping it too costs less than a special case.
  const { ids } = plain.encode(preTokens.slice(0, Math.max(kept, 0)));
  return { ids, rest: bytes.toString("utf8", keptBytes) };
}
