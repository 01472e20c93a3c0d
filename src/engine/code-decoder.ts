import type { AnswerGrammar, CodePlace } from "./answer-grammar.js";
import type { ScoredCode } from "./engine.js";
import { shareAmong } from "./scores.js";

/** Walks the grammar of one answer greedily and keeps the probabilities it passes. */
export interface CodeDecoder {
  /** Tokens that can only be followed one way from here, to append unread; empty at the end. */
  forced(): readonly number[];
  /** Whether the answer is complete: nothing may follow it, or the end was chosen. */
  readonly done: boolean;
  /**
   * Chooses the next token.
   * @param logits float32 [V] behind everything appended so far
   * @returns the token to append; null when the answer ends here
   */
  choose(logits: Float32Array): number | null;
  /** One entry per code, in the order of `codes`. */
  result(codes: readonly string[]): ScoredCode[];
}

export interface DecoderVocabulary {
  /** Tokens that close an answer; at least one of them has a column. */
  readonly endTokenIds: readonly number[];
  /** Column of a token in a row of logits; undefined where the head cannot score it. */
  columnOf(token: number): number | undefined;
}

/** A token that may come next. */
interface Way {
  readonly token: number;
  /** Where it leads; null where it closes the answer. */
  readonly place: CodePlace | null;
}

export function createCodeDecoder(grammar: AnswerGrammar, vocabulary: DecoderVocabulary): CodeDecoder {
  const closing = vocabulary.endTokenIds
    .filter((token) => vocabulary.columnOf(token) !== undefined)
    .map((token): Way => ({ token, place: null }));
  const named = new Set<number>();
  const unnamed = new Float64Array(grammar.codeCount).fill(1); // prod over slots (1 - P(slot) * P(code | slot))
  let place = grammar.first;
  let slotReached = 1;
  let withinSlot = 1; // P(this place | slot)
  let done = grammar.codeCount === 0;

  const codesBehind = (way: Way): number[] =>
    [...(way.place?.reachable ?? [])].filter((code) => !named.has(code));

  /** Deeper into a code, and, where one is complete, to the end of the answer or to one more code. */
  function waysOn(): { deeper: Way[]; ends: Way[]; more: Way[] } {
    const waysFrom = (from: CodePlace): Way[] =>
      Array.from(from.next, ([token, to]) => ({ token, place: to }));
    const complete = place.code !== null && !named.has(place.code);
    const other = (code: number): boolean => code !== place.code;
    return {
      deeper: waysFrom(place).filter((way) => codesBehind(way).length > 0),
      ends: complete ? closing : [],
      more: complete ? waysFrom(grammar.more).filter((way) => codesBehind(way).some(other)) : [],
    };
  }

  /** Counts a share of the current slot towards codes; evenly, for nobody looked beyond a way not taken. */
  function credit(codes: readonly number[], share: number): void {
    // Shares add up to 1 only within rounding: what is left of one must not fall below 0.
    for (const code of codes) unnamed[code]! *= Math.max(0, 1 - (slotReached * share) / codes.length);
  }

  return {
    forced() {
      const tokens: number[] = [];
      while (!done) {
        const { deeper, ends, more } = waysOn();
        const [only, ...others] = [...deeper, ...more];
        if (only === undefined) {
          credit([place.code!], withinSlot);
          named.add(place.code!);
          done = true;
        } else if (others.length === 0 && ends.length === 0) {
          tokens.push(only.token);
          place = only.place!;
        } else break;
      }
      return tokens;
    },

    get done() {
      return done;
    },

    choose(logits) {
      const { deeper, ends, more } = waysOn();
      const ways = [...deeper, ...ends, ...more];
      const shares = shareAmong(
        logits,
        ways.map(({ token }) => vocabulary.columnOf(token)!),
      );
      const shareOf = (some: readonly Way[]): number =>
        some.reduce((sum, way) => sum + shares[ways.indexOf(way)]!, 0);
      const chosen = ways[shares.indexOf(Math.max(...shares))]!;
      const complete = shareOf(ends) + shareOf(more);
      if (complete > 0) credit([place.code!], withinSlot * complete);
      for (const way of deeper) if (way !== chosen) credit(codesBehind(way), withinSlot * shareOf([way]));
      if (deeper.includes(chosen)) {
        withinSlot *= shareOf([chosen]);
      } else {
        named.add(place.code!);
        slotReached *= shareOf(more) / complete;
        // The separator may already tell codes of the next slot apart: `,S` from `,O`.
        const share = (way: Way): number => shareOf([way]) / shareOf(more);
        if (chosen.place !== null)
          for (const way of more) if (way !== chosen) credit(codesBehind(way), share(way));
        withinSlot = share(chosen);
      }
      if (chosen.place === null) done = true;
      else place = chosen.place;
      return chosen.place === null ? null : chosen.token;
    },

    result: (codes) =>
      codes.map((code, index) => ({
        ...{ code, probability: 1 - unnamed[index]!, listed: named.has(index) },
      })),
  };
}
