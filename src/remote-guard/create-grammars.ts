import type { AnswerGrammar, CallOptions } from "../engine/index.js";
import type { TextThread } from "./open-text-thread.js";

/** A few per policy. */
const KEPT = 64;

/** Grammars by the codes of an answer, least recently used forgotten first. */
export function createGrammars(
  text: Pick<TextThread, "ask">,
): (codes: readonly string[], options: CallOptions) => Promise<AnswerGrammar> {
  const kept = new Map<string, AnswerGrammar>();
  return async (codes, options) => {
    const key = JSON.stringify(codes);
    const grammar = kept.get(key) ?? (await text.ask({ kind: "grammar", codes }, options));
    kept.delete(key);
    kept.set(key, grammar);
    const [oldest] = kept.keys();
    if (kept.size > KEPT) kept.delete(oldest!);
    return grammar;
  };
}
