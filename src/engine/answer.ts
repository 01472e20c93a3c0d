import type { AnswerGrammar } from "./answer-grammar.js";
import { createCodeDecoder, type CodeDecoder, type DecoderVocabulary } from "./code-decoder.js";
import type { AnswerForm, ScoreResult } from "./engine.js";
import { scoreVerdict, type VerdictColumns, type VerdictScore } from "./scores.js";

/** One answer coming into being: fed with logits, it says what to append to the sequence. */
export interface Answer {
  /**
   * @param logits float32 [V] behind the last token of the sequence
   * @returns tokens to append and compute before reading again; empty when the answer is complete
   * @throws GuardError `unreadable_output` when scores are not finite
   */
  read(logits: Float32Array): readonly number[];
}

/** The answer of a guard. */
export interface VerdictAnswer extends Answer {
  /** Only once complete. */
  result(): Pick<ScoreResult, "scoreUnsafe" | "mass" | "codes">;
}

export interface AnswerVocabulary extends DecoderVocabulary {
  readonly verdictColumns: VerdictColumns;
  /** The token of the word `unsafe`, which is appended before codes are decoded. */
  readonly unsafeToken: number;
}

export interface AnswerOptions {
  readonly codes: AnswerForm["codes"];
  /** Least P(unsafe) from which codes are decoded. */
  readonly decodeFrom: number;
  readonly grammar: AnswerGrammar;
  readonly vocabulary: AnswerVocabulary;
}

export function createAnswer({ codes, decodeFrom, grammar, vocabulary }: AnswerOptions): VerdictAnswer {
  let verdict: VerdictScore | undefined;
  let decoder: CodeDecoder | undefined;

  return {
    read(logits) {
      if (verdict === undefined) {
        verdict = scoreVerdict(logits, vocabulary.verdictColumns);
        if (verdict.scoreUnsafe < decodeFrom) return [];
        decoder = createCodeDecoder(grammar, vocabulary);
        const forced = decoder.forced();
        // The codes of an answer that leaves no choice are known without asking the model.
        return decoder.done ? [] : [vocabulary.unsafeToken, ...forced];
      }
      const token = decoder!.choose(logits);
      if (token === null) return [];
      const forced = decoder!.forced();
      return decoder!.done ? [] : [token, ...forced];
    },

    result: () => ({ ...verdict!, codes: decoder?.result(codes) ?? null }),
  };
}
