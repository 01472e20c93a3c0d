import { GuardError } from "../base/index.js";
import type { AnswerGrammar, CallOptions, ScoreRequest } from "../engine/index.js";
import { FIXED_QUESTION, type GuardAsker } from "./ask-guard.js";
import { assertRoom } from "./assert-room.js";
import type { GuardLine } from "./guard-line.js";
import type { TextThread } from "./open-text-thread.js";
import type { PlainAnswer, PlainDialect } from "./plain-dialects.js";
import { readPlainVerdict } from "./read-plain-verdict.js";

interface WordAskerDeps {
  readonly line: GuardLine;
  readonly text: TextThread;
  readonly dialect: PlainDialect;
  readonly model: string;
  readonly contextTokens: number;
  readonly grammarOf: (codes: readonly string[], options: CallOptions) => Promise<AnswerGrammar>;
}

/** The token a prompt begins with, which servers put there or not, and one for a blank at a seam. */
const COUNT_SLACK = 2;

/** Asks for the words of an answer, where probabilities cannot be had. */
export function createWordAsker(deps: WordAskerDeps): GuardAsker {
  const { line, text, dialect, model, contextTokens, grammarOf } = deps;

  async function answerTo({ prompt, answer }: ScoreRequest, options: CallOptions) {
    const grammar = await grammarOf(answer.codes, options);
    const written = await text.ask({ kind: "write", prompt, prefix: answer.prefix }, options);
    assertRoom(written.tokens.length, grammar, contextTokens);
    const startedMs = performance.now();
    const maxTokens = grammar.longestTokens + 1; // the token that ends an answer
    const body = dialect.body(model, { text: written.text, maxTokens, contextTokens });
    const said = dialect.read(await line.post(dialect.path, body, options.signal));
    assertUncut(said, written.tokens.length);
    return { said, written, startedMs };
  }

  function assertUncut({ promptTokens }: PlainAnswer, asked: number): void {
    if (promptTokens === null && dialect.cutsPrompts)
      throw new GuardError(
        "upstream_failed",
        "the guard's server does not tell how much of a prompt it read",
      );
    if (promptTokens !== null && promptTokens < asked - COUNT_SLACK)
      throw new GuardError("too_large", "the guard's server has cut the prompt: raise its context length");
  }

  return {
    async score(request, options) {
      const arrivedMs = performance.now();
      const { said, written, startedMs } = await answerTo(request, options);
      const { codes, ...verdict } = readPlainVerdict(said.text, request.answer.codes);
      return {
        ...verdict,
        codes: verdict.scoreUnsafe < request.decodeFrom ? null : codes,
        usage: {
          promptTokens: written.promptTokens,
          cachedTokens: 0, // nobody says
          computedTokens: written.tokens.length,
        },
        timings: { queueMs: startedMs - arrivedMs, computeMs: performance.now() - startedMs },
      };
    },
    async prove(options) {
      await answerTo(FIXED_QUESTION, options);
    },
  };
}
