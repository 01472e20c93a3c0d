import { GuardError } from "../base/index.js";
import type { AnswerGrammar, CallOptions, ScoreResult } from "../engine/index.js";
import { FIXED_QUESTION, type GuardAsker } from "./ask-guard.js";
import { assertRoom } from "./assert-room.js";
import { decodeCodes, type NextToken } from "./decode-codes.js";
import type { GuardLine } from "./guard-line.js";
import type { LikelyTokens } from "./likely-tokens.js";
import type { ScoreDialect } from "./score-dialect.js";
import { scoreLikely } from "./score-likely.js";
import type { TextThread } from "./open-text-thread.js";

interface ScoreAskerDeps {
  readonly line: GuardLine;
  readonly text: TextThread;
  readonly dialect: ScoreDialect;
  readonly model: string;
  readonly contextTokens: number;
  readonly grammarOf: (codes: readonly string[], options: CallOptions) => Promise<AnswerGrammar>;
}

/** A word the self-test compares, with the seams where vocabularies differ. */
const SAMPLE = "safe unsafe\nS1,S10 User: Is this 1 question?\n\nAgent: Aren't you…";

/** Asks for probabilities: one request for the verdict, one more for each choice between codes. */
export function createScoreAsker(deps: ScoreAskerDeps): GuardAsker {
  const { line, text, dialect, model, contextTokens, grammarOf } = deps;
  const { vocabulary } = text;

  async function likelyAfter(tokens: readonly number[], options: CallOptions): Promise<LikelyTokens> {
    const json = await line.post(dialect.path, dialect.body(model, tokens), options.signal);
    return dialect.read(json, tokens.length);
  }

  async function assertSameTokens(options: CallOptions): Promise<void> {
    const { path, body } = dialect.tokenize;
    const said = await line.post(path, body(model, SAMPLE), options.signal).catch((error: unknown) => {
      if (options.signal?.aborted === true) throw error;
      return null; // gateways often let through what judges only; wrong tokens then show as a low mass
    });
    const theirs = (said as { tokens?: unknown } | null)?.tokens;
    if (!Array.isArray(theirs)) return;
    const ours = await text.ask({ kind: "encode", prompt: [{ text: SAMPLE }], prefix: "" }, options);
    if (theirs.join() !== ours.tokens.join())
      throw new GuardError(
        "invalid_config",
        "the guard's server reads text with another tokenizer than ours",
      );
  }

  return {
    async score({ prompt, answer: { prefix, codes }, decodeFrom }, options): Promise<ScoreResult> {
      const arrivedMs = performance.now();
      const grammar = await grammarOf(codes, options);
      const { tokens, promptTokens } = await text.ask({ kind: "encode", prompt, prefix }, options);
      assertRoom(tokens.length, grammar, contextTokens);
      const startedMs = performance.now();
      const first = await likelyAfter(tokens, options);
      const verdict = scoreLikely(first, vocabulary);
      const nextToken: NextToken = (answer) => likelyAfter([...tokens, ...answer], options);
      const decoded =
        verdict.scoreUnsafe < decodeFrom
          ? { codes: null, answerTokens: 0 }
          : await decodeCodes(grammar, codes, [vocabulary.unsafe], vocabulary.endTokenIds, nextToken);
      const { cachedTokens } = first;
      return {
        ...verdict,
        codes: decoded.codes,
        usage: {
          promptTokens,
          cachedTokens: Math.min(cachedTokens, promptTokens),
          computedTokens: tokens.length - cachedTokens + decoded.answerTokens,
        },
        timings: { queueMs: startedMs - arrivedMs, computeMs: performance.now() - startedMs },
      };
    },

    async prove(options) {
      const { prompt } = FIXED_QUESTION;
      const { tokens } = await text.ask({ kind: "encode", prompt, prefix: "" }, options);
      const { logprobs } = await likelyAfter(tokens, options);
      if (logprobs.size < 2)
        throw new GuardError("upstream_failed", "the guard's server tells the likeliest token only");
      await assertSameTokens(options);
    },
  };
}
