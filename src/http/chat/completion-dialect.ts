import type { TokenLogprob } from "../../generation/index.js";
import type { Dialect } from "./dialect.js";

/** How `/v1/completions` answers; remembers how far each choice has come. */
export function createCompletionDialect(): Dialect {
  const written = new Map<number, number>();

  /** Characters are code points here, as they are to OpenAI's own servers. */
  const logprobsOf = (tokens: readonly TokenLogprob[], index: number): object => {
    const offsets = tokens.map(({ token }) => {
      const offset = written.get(index) ?? 0;
      written.set(index, offset + [...token].length);
      return offset;
    });
    return {
      tokens: tokens.map(({ token }) => token),
      token_logprobs: tokens.map(({ logprob }) => logprob),
      top_logprobs: tokens.map(({ top }) =>
        Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
      ),
      text_offset: offsets,
    };
  };
  const choice = (index: number, fields: object = {}): object => ({
    index,
    text: "",
    logprobs: null,
    finish_reason: null,
    ...fields,
  });

  return {
    idPrefix: "cmpl",
    whole: "text_completion",
    chunk: "text_completion",

    wholeChoice: ({ text, logprobs, refusal, reason }, index) =>
      choice(index, {
        text: refusal === null ? text : "",
        logprobs: logprobs === null ? null : logprobsOf(logprobs, index),
        finish_reason: reason,
        ...(refusal !== null && { refusal }),
      }),

    opening: () => null,
    text: ({ choice: index, text, logprobs }) =>
      choice(index, { text, logprobs: logprobs === null ? null : logprobsOf(logprobs, index) }),
    toolCall: () => {
      throw new TypeError("a text that goes on calls no tools");
    },
    refusal: ({ choice: index, refusal }) => choice(index, { refusal }),
    finish: (index, reason) => choice(index, { finish_reason: reason }),
  };
}
