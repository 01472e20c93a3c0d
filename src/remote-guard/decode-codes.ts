import { createCodeDecoder, type AnswerGrammar, type ScoredCode } from "../engine/index.js";
import { everyCode } from "./every-code.js";
import type { LikelyTokens } from "./likely-tokens.js";

/** What the grammar asks of the model: the tokens behind the prompt so far. */
export type NextToken = (answer: readonly number[]) => Promise<LikelyTokens>;

/** Logarithm that leaves nothing of a probability, and is a number all the same. */
const NOTHING = -9_999;

/**
 * Names codes as the embedded engine does, under the same closed alphabet, one question to the server at each
 * choice. A way on that is not among the likeliest tokens counts as nothing, which is wrong by no more than the
 * least likely one told. Which codes are named, and so the verdict, does not depend on it: the likeliest way is
 * told whenever any is. Where none is told the answer ends there, and before the first code all of them count.
 *
 * @param opening the word `unsafe`, and nothing before it of the answer
 * @returns codes in the order asked, and how many tokens were appended
 */
export async function decodeCodes(
  grammar: AnswerGrammar,
  codes: readonly string[],
  opening: readonly number[],
  endTokenIds: readonly number[],
  nextToken: NextToken,
): Promise<{ readonly codes: ScoredCode[]; readonly answerTokens: number }> {
  const columns = columnsOf(grammar, endTokenIds);
  const decoder = createCodeDecoder(grammar, { endTokenIds, columnOf: (token) => columns.get(token) });
  const answer = [...opening, ...decoder.forced()];
  while (!decoder.done) {
    const likely = await nextToken(answer);
    const logits = new Float32Array(columns.size).fill(NOTHING);
    for (const [token, column] of columns) logits[column] = likely.logprobs.get(token) ?? logits[column]!;
    const token = decoder.choose(logits);
    const chosen = token === null ? endTokenIds : [token];
    if (!chosen.some((one) => likely.logprobs.has(one))) {
      const named = decoder.result(codes);
      return {
        codes: named.some(({ listed }) => listed) ? named : everyCode(codes),
        answerTokens: answer.length,
      };
    }
    if (token !== null) answer.push(token, ...decoder.forced());
  }
  return { codes: decoder.result(codes), answerTokens: answer.length };
}

/** A column for every token that can ever be asked about. */
function columnsOf(grammar: AnswerGrammar, endTokenIds: readonly number[]): ReadonlyMap<number, number> {
  const tokens = new Set(endTokenIds);
  const visit = (place: AnswerGrammar["first"]): void => {
    for (const [token, next] of place.next) {
      tokens.add(token);
      visit(next);
    }
  };
  visit(grammar.first);
  visit(grammar.more);
  return new Map([...tokens].map((token, column) => [token, column]));
}
