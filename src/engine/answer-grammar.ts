import { GuardError } from "../base/index.js";

/** A place between two tokens of a code. */
export interface CodePlace {
  /** Index of the code that is complete here; null inside a code. */
  readonly code: number | null;
  /** Indices of all codes that can still come out from here, this place's own included. */
  readonly reachable: ReadonlySet<number>;
  /** By token id. */
  readonly next: ReadonlyMap<number, CodePlace>;
}

/** Everything an answer may say after the word `unsafe`, as token ids. */
export interface AnswerGrammar {
  /** After `unsafe`: the line break and the first code. */
  readonly first: CodePlace;
  /** After a code: the separator and one more. Empty where there is one code only. */
  readonly more: CodePlace;
  readonly codeCount: number;
  /** Most tokens of an answer, `unsafe` included and the closing token left out. */
  readonly longestTokens: number;
}

interface OpenPlace extends CodePlace {
  code: number | null;
  readonly reachable: Set<number>;
  readonly next: Map<number, OpenPlace>;
}

const emptyPlace = (): OpenPlace => ({ code: null, reachable: new Set(), next: new Map() });

/**
 * Builds the closed alphabet of an answer from the tokeniser itself: tokens depend on what stands before
 * them (Llama 3 writes the second `S` of `S1,S9` as one token with its comma).
 *
 * Llama Guard 1 speaks in Llama 2's tokens, of which words take the space before them in. It was trained on
 * prompt, one space and answer, and a text that is encoded alone gets that very space: `safe` is the one token
 * 9109 `▁safe`, `unsafe` the one token 25110 `▁unsafe`, and its card, too, reads the score from the first token.
 * So nothing here differs for it, though `O3` and `,O3` take a token for each character.
 * @param encode plain text to token ids, as a text alone
 * @see meta-llama/llama-cookbook, src/llama_cookbook/data/llama_guard: the formatter's examples
 * @throws GuardError `invalid_request` when codes repeat or cannot be told apart token by token
 */
export function buildAnswerGrammar(
  codes: readonly string[],
  encode: (text: string) => readonly number[],
): AnswerGrammar {
  if (new Set(codes).size < codes.length)
    throw new GuardError("invalid_request", "a category code is given twice", { pointer: "/answer/codes" });
  const word = encode("unsafe");
  const [first, more] = [emptyPlace(), emptyPlace()];
  let longestTokens = word.length;
  for (const [index, code] of codes.entries()) {
    const asFirst = after(word, encode(`unsafe\n${code}`));
    plant(first, asFirst, index);
    const other = codes[index === 0 ? 1 : 0];
    const asNext =
      other === undefined ? [] : after(encode(`unsafe\n${other}`), encode(`unsafe\n${other},${code}`));
    if (other !== undefined) plant(more, asNext, index);
    longestTokens += Math.max(asFirst.length, asNext.length);
  }
  return { first, more, codeCount: codes.length, longestTokens };
}

function after(before: readonly number[], whole: readonly number[]): readonly number[] {
  if (before.some((token, at) => whole[at] !== token) || whole.length === before.length)
    throw new GuardError("invalid_request", "a category code cannot be written token by token");
  return whole.slice(before.length);
}

function plant(root: OpenPlace, tokens: readonly number[], code: number): void {
  let place = root;
  place.reachable.add(code);
  for (const token of tokens) {
    const next = place.next.get(token) ?? emptyPlace();
    place.next.set(token, next);
    next.reachable.add(code);
    place = next;
  }
  place.code = code;
}

/**
 * Makes sure that wherever an answer has a choice, the model's head can score every way on.
 * @param canScore whether a token has a column in the logits
 * @throws GuardError `invalid_request` naming the place of the code in the request, never its text
 */
export function assertScorable(grammar: AnswerGrammar, canScore: (token: number) => boolean): void {
  const visit = (place: CodePlace, isChoice: boolean): void => {
    for (const [token, next] of place.next) {
      if (isChoice && !canScore(token)) {
        const index = Math.min(...next.reachable);
        throw new GuardError("invalid_request", "this model's head cannot name the category code", {
          pointer: `/answer/codes/${String(index)}`,
        });
      }
      visit(next, next.next.size > 1 || next.code !== null);
    }
  };
  visit(grammar.first, grammar.first.next.size > 1);
  visit(grammar.more, true); // always in competition with the end of the answer
}
