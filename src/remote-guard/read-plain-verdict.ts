import { GuardError } from "../base/index.js";
import type { ScoredCode, ScoreResult } from "../engine/index.js";
import { everyCode } from "./every-code.js";

/** Only blanks may stand around what was asked for. */
const ANSWER = /^\s*(safe|unsafe)(?:\s*|\s*\n\s*(\S.*?)\s*)$/s;

/**
 * Reads the words of a guard that tells no probabilities: the score is 0 or 1, and `mass` 1, since the answer
 * began with one of the two words. Safe is the word `safe` alone. After `unsafe` a code nobody knows never
 * softens the word: where none is known all of them count.
 *
 * @param codes of the policy
 * @throws GuardError `unreadable_output` for any other answer
 */
export function readPlainVerdict(
  text: string,
  codes: readonly string[],
): Pick<ScoreResult, "scoreUnsafe" | "mass" | "codes"> {
  const [, word, said] = ANSWER.exec(text) ?? [];
  if (word === "unsafe") return { scoreUnsafe: 1, mass: 1, codes: namedCodes(said ?? "", codes) };
  if (word === "safe" && said === undefined)
    return {
      scoreUnsafe: 0,
      mass: 1,
      codes: codes.map((code) => ({ code, probability: 0, listed: false })),
    };
  throw new GuardError("unreadable_output", "the model's answer is neither safe nor unsafe");
}

function namedCodes(said: string, codes: readonly string[]): ScoredCode[] {
  const words = new Set(said.split(/[\s,;]+/));
  const named = codes.map((code) => ({
    code,
    listed: words.has(code),
    probability: words.has(code) ? 1 : 0,
  }));
  return named.some(({ listed }) => listed) ? named : everyCode(codes);
}
