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
 * @param preTokens of `text`, one character per UTF-8 byte
 * @returns those that stay, and the text behind them
 */
export function settleHead(preTokens: readonly string[], text: string): { kept: string[]; rest: string } {
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
  return { kept: preTokens.slice(0, Math.max(kept, 0)), rest: bytes.toString("utf8", keptBytes) };
}
